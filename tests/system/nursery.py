"""A process that has the libraries in memory and forks a program for each request: a start costs a tenth then.

What is forked is a process like any other: own environment, folder, streams, connections, session and end. Nothing that
looks at the settings is in memory before the fork. programs.py is the other side.
"""

import atexit
import gc
import json
import os
import runpy
import signal
import socket
import sys
import threading
import traceback
import warnings
from contextlib import suppress
from importlib import import_module

from django.conf import settings
from django.db import connections

LIBRARIES = (
    *("aiosmtpd.controller", "aiosmtpd.handlers", "asyncio", "cryptography.fernet", "email.policy", "email_validator"),
    *("django.contrib.messages.middleware", "django.contrib.staticfiles.finders", "django.core.management"),
    *("django.core.management.commands.migrate", "django.db.backends.postgresql.base"),
    *("django.db.backends.sqlite3.base", "django.db.migrations.executor", "django.forms.models", "django.shortcuts"),
    *("django.template.defaultfilters", "django.template.defaulttags", "django.template.loader_tags"),
    *("django.utils.translation.trans_real", "django.views.debug", "django.views.generic", "fido2.server", "qrcode"),
    *("jinja2", "mailbox", "psycopg", "rich.progress", "rich.table", "smtplib", "tarfile", "whitenoise", "yaml"),
)
OURS = (
    "misthoorn.cli.match.command",
    "misthoorn.cli.parse",
    "misthoorn.cli.versions",
    "misthoorn.notification.compose",
)
NOT_YET = {"misthoorn.common.failpoints", "misthoorn.config.environment", "misthoorn.config.settings"}


def main():
    post = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, take_leave)
    for name in LIBRARIES:
        import_module(name)
    for name in OURS:
        with suppress(Exception):  # a program that needs it says why it can't be had
            import_module(name)
    assert not NOT_YET & sys.modules.keys(), "a program would see the settings of another"
    gc.collect()
    warnings.simplefilter("ignore", DeprecationWarning)  # of forking: the one thread besides is the allocator's
    while True:
        request, streams, _, _ = socket.recv_fds(post, 1 << 20, 4)
        if not request:
            return
        if os.fork() == 0:
            post.close()
            be_midwife(*streams)
            be_program(**json.loads(request))
        for stream in streams:
            os.close(stream)


def take_leave(*_):
    """Of the midwives that ended, so that what they and their programs used is counted as used by the tests."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def be_midwife(stdin, stdout, stderr, told):
    """Fork once more. The parent tells process id and exit code, and ends; only the child returns, with its streams."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.close(told)
        for number, stream in enumerate((stdin, stdout, stderr)):
            os.dup2(stream, number)
            os.close(stream)
        return
    for stream in (stdin, stdout, stderr):
        os.close(stream)
    with suppress(OSError):  # nobody listens any longer
        os.write(told, b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def be_program(*, arguments, environment, folder):
    """Become it; does not return."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    warnings.resetwarnings()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = arguments
    code = 1
    try:
        if arguments[0].endswith(".py"):
            runpy.run_path(arguments[0], run_name="__main__")
        else:
            from misthoorn.cli import main as misthoorn  # noqa: PLC0415  only now, with the environment as it has to be

            misthoorn()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:  # noqa: BLE001  as an interpreter does
        traceback.print_exc()
    # What an interpreter does at its end, but for taking all that was loaded apart.
    threading._shutdown()
    atexit._run_exitfuncs()
    if settings.configured:
        connections.close_all()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
