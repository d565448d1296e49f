"""Guards of truncating and sending responses."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_response: Final = partial(Patch, "cloudformation/responses.py", "handler/cloudformation/test_responses.py")
_CAUGHT: Final = "except (OSError, ValueError, http.client.HTTPException) as error:"
_bound: Final = partial(Patch, "cloudformation/responses.py", "handler/cloudformation/test_entry_points.py")
_cut: Final = partial(
    Patch,
    "cloudformation/responses.py",
    "handler/cloudformation/test_responses.py::test_any_reason_results_in_valid_json_of_at_most_4096_bytes_with_its_beginning",
)
_script: Final = partial(
    Patch,
    "cloudformation/responses.py",
    "handler/cloudformation/test_responses.py::test_unusual_characters_are_delivered",
)

GUARDS: Final = (
    # In `answer.body_of`
    _cut("a response has 4096 bytes at most", "BODY_BYTES_MAX: Final = 4096", "BODY_BYTES_MAX: Final = 5000"),
    _cut("a reason that is too long is cut", "if len(body) <= BODY_BYTES_MAX:", "if True:"),
    _cut("what is cut is marked", "reason[:length] + _CUT}", "reason[:length]}"),
    _cut("a cut keeps the head", "reason[:length] + _CUT}", "reason[-length:] + _CUT}"),
    _cut("a cut is short enough", "cut_to(max(0, too_long - 1))", "cut_to(max(0, too_long))"),
    _script("half a character is no defect", '.encode("utf-8", errors="replace")', '.encode("utf-8")'),
    _script(
        "any script takes no more bytes than it needs", "json.dumps(answer, ensure_ascii=False)", "json.dumps(answer)"
    ),
    # In `answer.send`
    _response("a response is tried again", "_ATTEMPTS: Final = 5", "_ATTEMPTS: Final = 1"),
    _response("a response is tried a bounded number of times", "_ATTEMPTS: Final = 5", "_ATTEMPTS: Final = 50"),
    _bound("one attempt has a bounded time", "_TIMEOUT_SECONDS: Final = 5", "_TIMEOUT_SECONDS: Final = 500"),
    _response("the bound of an attempt is kept", "outcome.get(timeout=timeout_seconds)", "outcome.get(timeout=9)"),
    _response("nothing is sent to a URL that is not https", "    if not is_response_url(url):\n", "    if False:\n"),
    _response("a URL that is not https is refused", 'r"https://[a-z', 'r"[a-z]+://[a-z'),
    _response("a URL with a port that cannot be is refused", ' and int(parts["port"] or 0) <= _PORT_MAX', ""),
    _response("a stopped attempt ends its thread", "        handler.abort()\n", "        pass\n"),
    _response(
        "a stopped attempt closes its socket", "            self.sock.shutdown(socket.SHUT_RDWR)", "            pass"
    ),
    _response("attempts are ever further apart", "sleep(2.0 ** (attempt - 1))", "sleep(1)"),
    _response(
        "the first attempt is made at once",
        "        if attempt:\n            sleep(2.0 ** (attempt - 1))",
        "        sleep(2.0 ** (attempt - 1))",
    ),
    _response(
        "a response that was taken is not put again",
        "            return\n        logger.warning",
        "            continue\n        logger.warning",
    ),
    _response(
        "what was not delivered is an error",
        '    raise NotDeliveredError(f"CloudFormation',
        '    logger.error(f"CloudFormation',
    ),
    # In `answer._put`
    _response("a response is PUT", 'method="PUT"', 'method="POST"'),
    _response("the URL is signed for an empty content type", ', headers={"Content-Type": ""})', ")"),
    _response("a status that rejects the response is an error", 'return f"HTTP {error.code}"', 'return ""'),
    _response(
        "a status that refuses the response is named", 'return f"HTTP {error.code}"', "return type(error).__name__"
    ),
    _response("no connection is not delivered", _CAUGHT, "except (ValueError, http.client.HTTPException) as error:"),
    _response("no URL is not delivered", _CAUGHT, "except (OSError, http.client.HTTPException) as error:"),
    _response("no HTTP is not delivered", _CAUGHT, "except (OSError, ValueError) as error:"),
    _response("the URL is in no message", "        return type(error).__name__", "        return str(error)"),
)
