"""dockerd until this is ended by SIGTERM; prints its DOCKER_HOST when it is ready.

usage: run_dockerd.py FOLDER
"""
import contextlib
import pathlib
import signal
import sys

import peers


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.ExitStack() as cleanup:
        docker = peers.Docker(pathlib.Path(sys.argv[1]), cleanup)
        print(docker.environment["DOCKER_HOST"], flush=True)
        signal.pause()


main()
