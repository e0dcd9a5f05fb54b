"""Runs `mabplan build` for a case: as this user, or as another one whom this user (root) may become."""
import os
import pwd
import shutil
import stat
import subprocess

from .image import Layout

TIME_LIMIT = 120  # seconds


class Builder:
    def __init__(self, mabplan, work, user, reproducible):
        """work: a folder for the store and what else mabplan writes."""
        self.work = work
        self.user = user
        self.reproducible = reproducible
        # The user may not be allowed to look into the folder that the binary lies in.
        self.mabplan = work / "mabplan"
        work.mkdir(parents=True)
        shutil.copy(mabplan, self.mabplan)
        for name in ("home", "tmp", "out"):
            (work / name).mkdir()
        self.give_to_user(work)

    def give_to_user(self, folder):
        if not self.user:
            return
        account = pwd.getpwnam(self.user)
        for parent, folders, files in os.walk(folder):
            for path in (parent, *(os.path.join(parent, name) for name in folders + files)):
                status = os.lstat(path)
                os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
                if status.st_mode & (stat.S_ISUID | stat.S_ISGID):  # which a new owner takes away
                    os.chmod(path, stat.S_IMODE(status.st_mode))

    def build(self, case, folder, contexts):
        """The finished process, its output as text in stdout, and the layout that it wrote."""
        out = self.work / "out" / case.name
        command = [self.mabplan, "build", "--cache-dir", self.work / "store", "--progress", "plain", "--offline",
                   "--reproducible", self.reproducible, "--platform", ",".join(case.platforms or ["linux/amd64"]),
                   "-f", folder / case.dockerfile, "-o", f"type=oci,dest={out},tar=false,compression=uncompressed"]
        command += [word for context in contexts for word in ("--build-context", context)]
        command += [word for name, value in case.build_args.items() for word in ("--build-arg", f"{name}={value}")]
        if case.target:
            command += ["--target", case.target]
        for name, text in case.secrets.items():
            secret = self.work / "tmp" / f"{case.name}.{name}"
            secret.write_text(text)
            secret.chmod(0o644)
            command += ["--secret", f"id={name},src={secret}"]
        command.append(folder / case.context)
        return self._run(command), Layout(out)

    def _run(self, command):
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(self.work / "home"), "TMPDIR": str(self.work / "tmp"),
                       "NO_COLOR": "1"}
        if self.user:
            command = ["setpriv", "--reuid", self.user, "--regid", self.user, "--init-groups", *command]
        try:
            return subprocess.run(command, cwd=self.work, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, errors="replace", timeout=TIME_LIMIT, check=False)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, -1, f"it took more than {TIME_LIMIT} s")
