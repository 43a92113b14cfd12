"""Slack's limits on what may be sent, in characters or pieces, so that what overflows does so where people see it."""

# https://docs.slack.dev/reference/block-kit
SECTION = 3000
FIELD = 2000
FIELDS = 10
HEADER = 150
LABEL = 75
VALUE = 2000
BUTTONS = 25
BLOCKS = 50
FALLBACK = 3000

# Undocumented: `msg_blocks_too_long` comes somewhere past 11,000 characters of blocks.
MESSAGE = 10_000
ROW = 6000

# https://docs.slack.dev/reference/views
VIEW_BLOCKS = 100
TITLE = 24
METADATA = 3000
INPUT_LABEL = 2000
HINT = 2000
PLACEHOLDER = 150
INPUT = 3000
OPTIONS = 100
OPTION_LABEL = 75
OPTION_VALUE = 75  # the SDK takes 150; whatever holds the older limit takes this
ERROR = 2000

# Ours: longer addresses and labels of links are written out instead.
LINK = 1000
LINK_LABEL = 300
