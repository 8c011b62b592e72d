"""How hostile programs are written here, and honest ones beside them."""

from __future__ import annotations

HONEST = (
    "import re\nLEAST = 2\n"
    "def check_following(instruction, response):\n    return len(re.findall('o', response)) >= LEAST"
)
# The allow list of imports is a courtesy: most attacks step round it, so that the sandbox is what is tested.
ROUND = "import re\nsys = re.enum.sys\nos = sys.modules['os']\nreal = sys.modules['builtins'].__import__\n"
CHECK = "def check_following(instruction, response):\n    "
# What a call of the kernel came to: its result, or the name of its error.
KERNEL = """
ctypes = real('ctypes')
errno = real('errno')
libc = ctypes.CDLL(None, use_errno=True)
def called(name, *arguments):
    function = getattr(libc, name)
    function.restype = ctypes.c_long
    result = function(*[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    return errno.errorcode[ctypes.get_errno()] if result in (-1, 0xFFFFFFFF) else result
"""


def attack(body: str) -> str:
    """Return a program whose check is `body`, with `os`, `sys` and the real import at hand."""
    return ROUND + CHECK + body.replace("\n", "\n    ")


def kernel(expression: str) -> str:
    """Return a program that raises what an expression with calls of the kernel gives."""
    return ROUND + KERNEL + CHECK + f"raise ValueError({expression})"
