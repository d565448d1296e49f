"""The commands that look at a stack: `watch` and `explain`."""

import time
from contextlib import suppress

import click

from personalize_import_cli.exit_codes import ERRORS_FOUND, NO_ERRORS
from personalize_import_cli.output import write_out
from personalize_import_handler.contract.printable import printable

_EVERY = click.FloatRange(1, 300)


@click.command(short_help="Show the imports of a stack while `cdk deploy` waits for them.")
@click.argument("stack")
@click.option("--next", "next_operation", is_flag=True, help="Wait for the next deploy to begin, if none goes on.")
@click.option("--every", type=_EVERY, default=10, show_default=True, metavar="SECONDS", help="Time between looks.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for each change.")
def watch(*, stack: str, next_operation: bool, every: float, as_json: bool) -> int:
    """Show the imports of STACK, a name or an ARN, until they have ended.

    A table on a terminal, elsewhere one line for each change. Watching ends nothing: nor does Ctrl-C.

    Exit codes: 0 the imports are in, 1 an import failed, 2 the stack could not be watched.
    """
    # What AWS is asked with takes a while to load, and `check` has no need of it.
    from personalize_import_cli.stack import watching
    from personalize_import_cli.stack.account import Account
    from personalize_import_cli.stack.lines import Changes
    from personalize_import_cli.stack.looking import Looker
    from personalize_import_cli.stack.showing import shown

    account = Account(stack)
    try:
        with shown(stack, Changes(time.time, as_json=as_json, stack=stack), as_lines=as_json) as show:
            sight = watching.watch(
                watching.Watched(
                    look=Looker(account, stack).look,
                    show=show,
                    wait=watching.pause(every, lambda: account.lists),
                    about=stack,
                    next_operation=next_operation,
                )
            )
    except KeyboardInterrupt:
        _say(f"{stack} is no longer watched; its imports go on")
        raise
    if sight.fails:
        _say(f"`personalize-import explain {stack}` says why, and what to do")
    return ERRORS_FOUND if sight.fails else NO_ERRORS


@click.command(short_help="Say why the last import of a stack failed, and what to do.")
@click.argument("stack")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def explain(*, stack: str, as_json: bool) -> int:
    """Say why imports failed in the last operation on STACK, a name or an ARN, and what to do.

    Exit codes: 0 no import failed, 1 one did, 2 the stack could not be looked at.
    """
    from personalize_import_cli.stack import explaining, explanation
    from personalize_import_cli.stack.account import Account

    explained = explaining.explain(Account(stack), stack)
    write_out(explanation.as_json(explained) if as_json else explanation.as_text(explained))
    return ERRORS_FOUND if explained.failures else NO_ERRORS


def _say(words: str) -> None:
    with suppress(OSError):  # nobody listens
        click.echo(printable(words), err=True)
