"""sandbox.py LIMITS COMMAND... - what systemd does of a unit before it starts its command, in this process:
sockets as files 3, 4, ..., limits, and a seccomp filter for SystemCallFilter=, MemoryDenyWriteExecute= and
RestrictAddressFamilies= (on x86-64). LIMITS is JSON: files, umask, calls, families, fds."""
import ctypes
import errno
import fcntl
import json
import os
import re
import resource
import socket
import struct
import sys

NO_NEW_PRIVS, SECCOMP, FILTER = 38, 22, 2  # prctl
LOAD, AND, EQUAL, RETURN = 0x20, 0x54, 0x15, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
X86_64 = 0xC000003E
NUMBER, ARCHITECTURE, ARGUMENT = 0, 4, (16, 24, 32)  # in struct seccomp_data
WRITE, EXECUTE = 2, 4


def numbers():
    with open("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", encoding="ascii") as header:
        return {name: int(number) for name, number in re.findall(r"__NR_(\w+) (\d+)", header.read())}


def step(code, value=0, yes=0, no=0):
    return struct.pack("HBBI", code, yes, no, value)


def when(number, steps):
    """These steps for the system call of this number; the last of them returns."""
    return [step(EQUAL, number, 0, len(steps)), *steps]


def bits(argument, mask):
    return [step(LOAD, ARGUMENT[argument]), step(AND, mask), step(EQUAL, mask, 0, 1),
            step(RETURN, REFUSE | errno.EPERM), step(RETURN, ALLOW)]


def make(limits):
    number = numbers()
    steps = [step(LOAD, ARCHITECTURE), step(EQUAL, X86_64, 1, 0), step(RETURN, KILL), step(LOAD, NUMBER)]
    steps += when(number["mmap"], bits(2, WRITE | EXECUTE))
    for name in ("mprotect", "pkey_mprotect"):
        steps += when(number[name], bits(2, EXECUTE))
    families = [int(getattr(socket, name)) for name in limits["families"]]
    steps += when(number["socket"],
                  [step(LOAD, ARGUMENT[0])]
                  + [s for family in families for s in (step(EQUAL, family, 0, 1), step(RETURN, ALLOW))]
                  + [step(RETURN, REFUSE | errno.EAFNOSUPPORT)])
    if limits["calls"] is None:
        return steps + [step(RETURN, ALLOW)]
    for name in limits["calls"]:
        if name in number:  # others are another machine's
            steps += when(number[name], [step(RETURN, ALLOW)])
    return steps + [step(RETURN, KILL)]


def confine(limits):
    steps = ctypes.create_string_buffer(b"".join(make(limits)))
    libc = ctypes.CDLL(None, use_errno=True)
    program = struct.pack("HxxxxxxP", len(steps) // 8, ctypes.addressof(steps))
    if libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or libc.prctl(SECCOMP, FILTER, program, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no filter of system calls can be set")


def main():
    limits = json.loads(sys.argv[1])
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 50) for fd in limits["fds"]]
    for at, fd in enumerate(high):
        os.dup2(fd, 3 + at)
    os.closerange(3 + len(high), 100)
    os.environ["LISTEN_PID"] = str(os.getpid())
    os.umask(limits["umask"])
    most = min(limits["files"], resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if os.uname().machine == "x86_64":
        confine(limits)
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
