"""A Dask cluster in processes of its own, for tests: prints its address, ends with its input.

Each line that comes in is a command: `kill` ends a worker that is at work as if by the system,
`pretend PACKAGE VERSION` gives all workers a package in another version,
`forget` leaves them without gradcheck.
"""

import importlib
import os
import signal
import sys
import tempfile

from distributed import Client, LocalCluster


def pretend(package, version):
    importlib.import_module(package).__version__ = version


def forget():
    class Blocker:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name.partition(".")[0] == "gradcheck":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    sys.meta_path.insert(0, Blocker)
    for name in [name for name in sys.modules if name.partition(".")[0] == "gradcheck"]:
        del sys.modules[name]


def kill_a_busy_one(cluster, client):
    busy = next(address for address, keys in client.processing().items() if keys)
    (pid,) = client.run(os.getpid, workers=[busy]).values()
    os.kill(pid, signal.SIGKILL)


def main():
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=folder
        ) as cluster,
        Client(cluster) as client,
    ):
        sys.stdout.write(f"{cluster.scheduler_address}\n")
        sys.stdout.flush()
        for line in sys.stdin:
            match line.split():
                case ["kill"]:
                    kill_a_busy_one(cluster, client)
                case ["pretend", package, version]:
                    client.run(pretend, package, version)
                case ["forget"]:
                    client.run(forget)
            sys.stdout.write("done\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
