"""Runs a command on a pseudo-terminal and writes to standard output what it would have drawn, byte for byte.

usage: on-terminal.py COLUMNS[:COLUMNS2@PATTERN] [--type PATTERN TEXT]... -- COMMAND ...
The terminal becomes COLUMNS2 wide once PATTERN was drawn; TEXT is typed once its PATTERN was drawn (\\x03 is Ctrl-C).
"""
import fcntl, os, pty, re, select, struct, sys, termios

MAX_SECONDS = 120
ROWS = 50


def size(terminal, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))


def resize(terminal, columns):
    os.write(1, b"\x1b[8;%d;%dt" % (ROWS, columns))  # for who reads along: xterm's own word for it
    size(terminal, columns)


def main():
    options, command = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    first, _, later = options.pop(0).partition(":")
    deeds = []
    if later:
        columns, _, pattern = later.partition("@")
        deeds.append((pattern, lambda terminal: resize(terminal, int(columns))))
    while options:
        _, pattern, text = options[:3]
        del options[:3]
        typed = text.encode().decode("unicode_escape").encode()
        deeds.append((pattern, lambda terminal, typed=typed: os.write(terminal, typed)))

    child, terminal = pty.fork()
    if child == 0:
        size(0, int(first))
        os.execvp(command[0], command)
    drawn = b""
    while True:
        ready, _, _ = select.select([terminal], [], [], MAX_SECONDS)
        if not ready:
            os.kill(child, 9)
            break
        try:
            read = os.read(terminal, 65536)
        except OSError:  # as a terminal says that nobody has it open any more
            break
        if not read:
            break
        drawn += read
        os.write(1, read)
        if deeds and re.search(deeds[0][0].encode(), drawn, re.DOTALL):
            deeds.pop(0)[1](terminal)
            drawn = b""
    _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status) if status & 0x7F == 0 else 128 + (status & 0x7F))


main()
