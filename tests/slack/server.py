"""A loopback Slack for tests: the Web API, uploads, response URLs and Socket Mode, played strictly."""

import base64
import json
import time
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.slack.checks import flaws_of_message
from tests.slack.inbound import Inbound
from tests.slack.methods import METHODS, Method
from tests.slack.nouns import Body, Call, Refused, Team

MOST_HOOK_USES = 5
HOOK_SECONDS = 1800.0
NESTED = {"blocks", "view", "metadata", "attachments", "files"}


class Slack(Inbound):
    """A workspace on 127.0.0.1; `async with Slack() as slack`, then `slack.api_url` is the base of every client."""

    async def __aenter__(self) -> Self:
        site = web.Application(client_max_size=32 * 2**20)
        site.router.add_route("*", "/api/{method}", self._api)
        site.router.add_post("/upload/{file}", self._upload)
        site.router.add_post("/hook/{hook}", self._hook)
        site.router.add_get("/files-pri/{file}/download/{name}", self._download)
        site.router.add_get("/link/", self.linked)
        self._runner = web.AppRunner(site, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.http = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.hang_up()
        await self.http.close()
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """The base URL of every client."""
        return f"{self.url}/api/"

    def grant(self, team: str = "T1", user: str = "U1", redirect_uri: str | None = None, **more: Any) -> str:
        """An OAuth code, as when somebody has just allowed the app; `team` is made when it is new."""
        found = self.teams.get(team) or self.team(team, f"Workspace {team}")
        self.revoked.discard(found.token)
        code = f"code-{self.number()}"
        grid = {"id": found.enterprise, "name": "Org"} if found.enterprise else None
        whole = self.organisations.get(found.enterprise)
        bot = {
            "access_token": whole or found.token,
            "token_type": "bot",
            "bot_user_id": found.bot_user,
            "scope": "commands",
        }
        home = None if whole else {"id": team, "name": found.name}
        whose = {"team": home, "enterprise": grid, "authed_user": {"id": user}}
        rest = {"app_id": self.app_id, "is_enterprise_install": bool(whole), "redirect_uri": redirect_uri}
        self.codes[code] = {**bot, **whose, **rest, **more}
        return code

    async def _api(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        method = METHODS.get(name)
        if method is None:
            self.problems.append(f"{name} is not a method that this Slack knows")
            return web.json_response({"ok": False, "error": "unknown_method"})
        if self.gone:
            return _cut(request)
        try:
            call = await self._call(request, name, method)
            may = {"X-OAuth-Scopes": ",".join(self.scopes)}
            answer = self._failed(call) or web.json_response(self._answered(call, method), headers=may)
        except Refused as refused:
            return web.json_response(refused.answer)
        await self.answers(name, str(call.args.get("channel", "")))
        return _cut(request) if self.loses(name) else answer

    async def _call(self, request: web.Request, name: str, method: Method) -> Call:
        args = await self._arguments(request, name, method)
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            client, _, password = base64.b64decode(secret).decode().partition(":")
            args |= {"client_id": client, "client_secret": password}
        token = secret if kind == "Bearer" else str(args.pop("token", ""))
        call = Call(name, args, token, time.monotonic())
        self.calls.append(call)
        self._allowed(call, method)
        return call

    async def _arguments(self, request: web.Request, name: str, method: Method) -> Body:
        """The arguments, from the query and from a body in a form that Slack reads for this method."""
        found: Body = dict(request.query)
        if request.content_type == "application/json" and not method.json:
            self.problems.append(f"{name} does not read JSON")
        elif request.content_type == "application/json":
            found |= {key: value for key, value in (await request.json()).items() if key != "token"}
        else:
            found |= dict(await request.post())
        try:
            return {key: _nested(key, value) for key, value in found.items() if value is not None}
        except ValueError as error:
            self.problems.append(f"{name} holds broken JSON")
            raise Refused("invalid_arguments") from error

    def _allowed(self, call: Call, method: Method) -> None:
        """Tokens first, as Slack does."""
        if not method.token:
            return
        if not call.token:
            raise Refused("not_authed")
        if call.token in self.revoked:
            raise Refused("token_revoked")
        if method.token == "xoxe":
            if call.token != self.config_token:
                raise Refused("invalid_auth")
            return
        call.team = next((team for team in self.teams.values() if team.token == call.token), self._meant(call))
        if call.team is None and call.token != self.app_token:
            raise Refused("invalid_auth")
        if (method.token == "xapp") != (call.token == self.app_token):
            raise Refused("not_allowed_token_type")

    def _meant(self, call: Call) -> Team | None:
        """With an organisation's token, the workspace of whom or what a call names."""
        mine = [one for one in self.teams.values() if self.organisations.get(one.enterprise) == call.token]
        named = {str(call.args.get(name)) for name in ("user", "user_id", "users", "channel", "trigger_id")}
        known = {**self.users, **self.channels, **self.triggers}
        teams = {known[one].team for one in named if one in known}
        return next((one for one in mine if one.id in teams), mine[0] if mine else None)

    def _failed(self, call: Call) -> web.Response | None:
        """What a test scripted; calls that come before `Retry-After` is over are noted in `early`."""
        channel = str(call.args.get("channel", ""))
        ends = self.waits.get((call.method, channel), 0.0)
        if call.at < ends:
            self.early.append(f"{call.method} came {ends - call.at:.1f} s too early")
        failure = next((one for one in self.failures if one.meets(call)), None)
        if failure is None:
            return None
        failure.times -= 1
        body = {"ok": False, "error": failure.error}
        if failure.retry_after is None:
            return web.json_response(body)
        self.waits[call.method, channel] = time.monotonic() + failure.retry_after
        return web.json_response(body, status=429, headers={"Retry-After": f"{failure.retry_after:g}"})

    def _answered(self, call: Call, method: Method) -> Body:
        missing = [name for name in method.required if call.args.get(name) in (None, "", [])]
        if missing:
            self.problems += [f"{call.method} lacks {name}" for name in missing]
            said = [f"[ERROR] missing required field: {name}" for name in missing]
            raise Refused("invalid_arguments", response_metadata={"messages": said})
        strange = set(call.args) - {"team_id", *method.required, *method.optional}
        self.problems += [f"{call.method} does not take {name}" for name in sorted(strange)]
        return method.answer(self, call)

    async def _upload(self, request: web.Request) -> web.Response:
        found = self.uploads.get(request.match_info["file"])
        content = await request.read()
        if found is None or found.content is not None or len(content) != found.length:
            self.problems.append(f"an upload of {len(content)} bytes does not fit its ticket")
            return web.Response(status=400, text="no")
        found.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """A private file: for a bot whose token may read files; else a page to sign in at."""
        found = self.uploads.get(request.match_info["file"])
        _, _, token = request.headers.get("Authorization", "").partition(" ")
        if "files:read" not in self.scopes or token not in {team.token for team in self.teams.values()}:
            return web.Response(status=302, headers={"Location": f"{self.url}/link/"})
        if found is None or found.content is None:
            return web.Response(status=404, text="no such file")
        return web.Response(body=found.content, content_type="text/csv")

    async def _hook(self, request: web.Request) -> web.Response:
        """A response URL: five uses in half an hour."""
        hook = self.hooks.get(request.match_info["hook"])
        if hook is None:
            return web.json_response({"ok": False, "error": "invalid_url"}, status=404)
        if hook.uses >= MOST_HOOK_USES or time.monotonic() - hook.at > HOOK_SECONDS:
            over = "used_url" if hook.uses >= MOST_HOOK_USES else "expired_url"
            return web.json_response({"ok": False, "error": over}, status=404)
        body = await request.json()
        hook.uses += 1
        if flaws := [] if body.get("delete_original") else flaws_of_message(body):
            self.problems += [f"response_url: {flaw}" for flaw in flaws]
            return web.json_response({"ok": False, "error": "invalid_blocks"}, status=400)
        self.told(hook, body)
        return web.Response(text="ok")


def _cut(request: web.Request) -> web.Response:
    """The line breaks before an answer is out."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)


def _nested(key: str, value: Any) -> Any:
    return json.loads(value) if key in NESTED and isinstance(value, str) else value
