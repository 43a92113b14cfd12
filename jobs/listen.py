"""The port for whoever watches over a process: health, readiness, numbers."""

import asyncio

import structlog
from aiohttp import web

from jobs.health import Health

TRY_SECONDS = 5.0
log = structlog.get_logger("manyhands.listen")


async def listen(health: Health, host: str, port: int, stop: asyncio.Event) -> None:
    """Until told to stop; a port that another process has is taken over when that one ends."""
    site = web.Application()

    async def answer(request: web.Request) -> web.Response:
        status, kind, body = await health.answer(request.path)
        return web.Response(status=status, body=body, headers={"Content-Type": kind})

    site.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await _opened(runner, host, port, stop)
        await stop.wait()
    finally:
        await runner.cleanup()


async def _opened(runner: web.AppRunner, host: str, port: int, stop: asyncio.Event) -> None:
    is_told = False
    while not stop.is_set():
        try:
            await web.TCPSite(runner, host, port).start()
            log.info("health and metrics", host=host, port=port)
            return
        except OSError as error:
            if not is_told:
                log.warning("the port is taken; trying again", host=host, port=port, why=error.strerror)
            is_told = True
            await _pause(stop)


async def _pause(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), TRY_SECONDS)
    except TimeoutError:
        return
