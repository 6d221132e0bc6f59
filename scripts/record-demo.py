"""Runs `understudy demo` on a pseudo-terminal and draws what it printed as docs/demo.svg: the real output of a real run."""
import html, os, pty, re, select, struct, fcntl, termios, sys, time

COLUMNS, ROW, CHAR, SIZE, LAST_S = 104, 17, 7.85, 13, 6
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
started = time.time()
pid, terminal = pty.fork()
if pid == 0:
    os.environ['TERM'] = 'xterm-256color'
    os.environ['TZ'] = 'UTC'
    os.execvp('node', ['node', os.path.join(HERE, 'bin', 'understudy.mjs'), 'demo'])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 200, COLUMNS, 0, 0))
seen, rest = [], ''
while True:
    try:
        chunk = os.read(terminal, 65536).decode('utf8', 'replace')
    except OSError:
        break
    if not chunk:
        break
    *lines, rest = (rest + chunk).replace('\r', '').split('\n')
    seen += [(time.time() - started, line) for line in lines]
_, status = os.waitpid(pid, 0)
if status != 0:
    sys.exit('the demo failed')

def spans(line):
    """A line with its colours."""
    style, out = '', []
    for part in re.split(r'(\x1b\[[0-9;]*m)', line):
        code = re.fullmatch(r'\x1b\[([0-9;]*)m', part)
        if code:
            style = {'1': 'b', '2': 'd', '22': ''}.get(code[1], '')
        elif part:
            out.append(f'<tspan class="{style}">{html.escape(part)}</tspan>' if style else html.escape(part))
    return ''.join(out)

total = seen[-1][0] + LAST_S
body, frames = [], []
for at, (when, line) in enumerate(seen):
    share = when / total * 100
    frames.append(f'@keyframes l{at}{{0%,{share:.2f}%{{opacity:0}}{min(share + 0.01, 100):.2f}%,100%{{opacity:1}}}}')
    body.append(f'<text y="{(at + 1) * ROW + 6}" x="12" style="animation:l{at} {total:.1f}s infinite">{spans(line)}</text>')
width, height = int(COLUMNS * CHAR) + 24, len(seen) * ROW + 24
svg = f'''<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">
<title>understudy demo: a switch, a wait, a kill -9 and a recovery, as it was printed</title>
<style>text{{font:{SIZE}px ui-monospace,Menlo,Consolas,monospace;fill:#d7dae0;white-space:pre}}.b{{font-weight:700;fill:#7fd1b9}}.d{{fill:#8a93a5}}
@media (prefers-reduced-motion:reduce){{text{{animation:none!important}}}}
{''.join(frames)}</style><rect width="100%" height="100%" rx="8" fill="#1b1f27"/>
{chr(10).join(body)}
</svg>
'''
with open(os.path.join(HERE, 'docs', 'demo.svg'), 'w') as file:
    file.write(svg)
