"""The command line: arguments, configuration, exit codes."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from lianxi_filer.command import actions, dry_run
from lianxi_filer.command.actions import Action, Session
from lianxi_filer.command.configuration import Configuration, configuration_read
from lianxi_filer.command.output import print_json, print_problem
from lianxi_filer.command.words import say
from lianxi_filer.problems import FilerProblem, FilerUnreachable

EXIT_CODES = """exit codes:
  0  done; with --wait: accepted, with or without findings
  1  the server refused
  2  wrong arguments
  3  not in order: `check` found problems, the filing was returned, or a receipt is false
  4  no answer from the server, or not decided in time
  5  something on this machine: key, configuration or file
  130  interrupted"""


def entry() -> None:
    """Where the installed command starts."""
    actions.leave(main(sys.argv[1:], os.environ))


def main(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Run one sub-command and return its exit code."""
    flags = parser().parse_args(arguments)
    out, err = out or sys.stdout, err or sys.stderr
    language = "en"
    try:
        configuration = configuration_read(flags, environment)
        language = _language(configuration)
        action: Action = flags.action
        return action(Session(flags, configuration, out, err))
    except FilerProblem as problem:
        _tell(problem, err, language, as_json=flags.json, out=out)
        return exit_code_of(problem)
    except KeyboardInterrupt:
        print(f"\n{say('Interrupted.', language)}", file=err)
        return actions.INTERRUPTED


def exit_code_of(problem: FilerProblem) -> int:
    """Which exit code a problem stands for."""
    if isinstance(problem, FilerUnreachable) or problem.code == "filer.wait_timeout":
        return actions.NO_ANSWER
    if problem.code.startswith("filer.receipt_"):
        return actions.NOT_IN_ORDER
    return actions.SET_UP if problem.status == 0 else actions.REFUSED


def _tell(problem: FilerProblem, err: TextIO, language: str, *, as_json: bool, out: TextIO) -> None:
    if as_json:
        names = ("code", "title", "status", "detail", "cure", "instance", "filing_id")
        print_json(out, {name: getattr(problem, name) for name in names})
    print_problem(err, problem, language)
    if problem.filing_id and problem.code != "filer.wait_timeout":
        sentence = "The filing {id} stays open; continue with: lianxi-filer resubmit {id} FILE"
        print(say(sentence, language, id=problem.filing_id), file=err)


def _language(configuration: Configuration) -> str:
    return "zh" if configuration.language.lower().startswith("zh") else "en"


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    top = argparse.ArgumentParser(
        prog="lianxi-filer",
        description="File data with Lianxi, as a platform or a depository bank.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _common(top)
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    _key(commands)
    _register(commands)
    _check(commands)
    _file(commands)
    _resubmit(commands)
    _reading(commands)
    return top


Commands = argparse._SubParsersAction  # noqa: SLF001  # argparse gives the type no public name


def _common(top: argparse.ArgumentParser) -> None:
    top.add_argument("--url", help="address of the filing interface (LIANXI_FILER_URL)")
    top.add_argument("--key", help="file of the signing key (LIANXI_FILER_KEY)")
    top.add_argument("--key-id", help="key id, if not in the configuration (LIANXI_FILER_KEY_ID)")
    top.add_argument("--config", help="configuration file (LIANXI_FILER_CONFIG)")
    top.add_argument("--language", choices=["zh", "en"], help="default: LANG")
    top.add_argument("--timeout", type=float, default=30, metavar="SECONDS", help="patience per answer")
    top.add_argument("--json", action="store_true", help="print JSON for scripts")
    top.add_argument("--quiet", action="store_true", help="no progress bar")
    top.add_argument("--allow-plain-http", action="store_true", help="for test installations without TLS")


def _command(
    commands: "Commands[argparse.ArgumentParser]", name: str, action: Action
) -> argparse.ArgumentParser:
    text = (action.__doc__ or "").strip()
    made = commands.add_parser(name, help=text, description=text)
    made.set_defaults(action=action)
    return made


def _key(commands: "Commands[argparse.ArgumentParser]") -> None:
    key = commands.add_parser("key", help="Make or show the signing key.")
    verbs = key.add_subparsers(metavar="VERB", required=True)
    _command(verbs, "make", actions.key_make)
    _command(verbs, "show", actions.key_show)


def _register(commands: "Commands[argparse.ArgumentParser]") -> None:
    made = _command(commands, "register", actions.register)
    made.add_argument("--name", required=True, help="name in use")
    made.add_argument("--legal-name", default="", help="registered name; default: the name")
    made.add_argument("--kind", choices=["platform", "bank"], default="platform")
    made.add_argument(
        "--line", action="append", required=True, help="business line, e.g. p2p_lending; repeatable"
    )
    made.add_argument("--region", required=True, help="GB/T 2260 code of the seat, e.g. 110000")
    made.add_argument("--website", default="")
    made.add_argument("--external-ref", default="", help="own number with the authority or the association")


def _check(commands: "Commands[argparse.ArgumentParser]") -> None:
    made = _command(commands, "check", dry_run.check)
    made.add_argument("file", type=Path)
    source = made.add_mutually_exclusive_group(required=True)
    source.add_argument("--template", help="template name; its contract is fetched")
    source.add_argument("--contract", type=Path, help="a saved contract, to work without a network")
    made.add_argument("--period", default="", help="also check that dates lie in it")
    made.add_argument("--limit", type=int, default=100, help="list at most so many problems")


def _file(commands: "Commands[argparse.ArgumentParser]") -> None:
    made = _command(commands, "file", actions.file)
    made.add_argument("file", type=Path)
    made.add_argument("--template", required=True)
    made.add_argument("--period", required=True, help="2017-06, 2017Q2 or 2017-06-30, as the template says")
    made.add_argument("--platform", dest="platform_id", help="for banks: the platform the file is about")
    _sending(made)


def _resubmit(commands: "Commands[argparse.ArgumentParser]") -> None:
    made = _command(commands, "resubmit", actions.resubmit)
    made.add_argument("id")
    made.add_argument("file", type=Path)
    _sending(made)


def _sending(made: argparse.ArgumentParser) -> None:
    made.add_argument("--note", default="", help="a word to the authority")
    made.add_argument("--media-type", help="default: by the file's ending (.csv, .gz, .parquet)")
    made.add_argument("--wait", action="store_true", help="wait for the decision")
    made.add_argument("--wait-timeout", type=float, default=600, metavar="SECONDS")


def _reading(commands: "Commands[argparse.ArgumentParser]") -> None:
    _command(commands, "status", actions.status).add_argument("id", nargs="?")
    _command(commands, "withdraw", actions.withdraw).add_argument("id")
    for name, action, option in (
        ("findings", actions.findings, "--csv"),
        ("rejected", actions.rejected, "--csv"),
        ("receipt", actions.receipt, "--out"),
    ):
        made = _command(commands, name, action)
        made.add_argument("id")
        made.add_argument(option, type=Path, metavar="OUT", help="write to a file")
    made.add_argument("--file", type=Path, help="also check that the receipt is for this file")
    for name, action in (("sample", actions.sample), ("template", actions.template)):
        made = _command(commands, name, action)
        made.add_argument("template")
        made.add_argument("--out", type=Path, metavar="OUT", help="write to a file")
