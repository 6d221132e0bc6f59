/** A command by its words, and what may follow it. */
export interface CompletedCommand {
  path: string[];
  about: string;
  /** Subcommands and options. */
  words: string[];
}

/** What a shell runs to complete `understudy`. Files are completed where no word of ours fits. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish', commands: readonly CompletedCommand[]): string {
  if (shell === 'fish') return fish(commands);
  const top = [
    ...commands.filter(({ path }) => path.length === 1).map(({ path }) => path.join(' ')),
    '--help',
    '--version',
  ];
  const cases = commands.map(({ path, words }) => `    ${quoted(path.join(' '))}) words=${quoted(words.join(' '))} ;;`);
  return shell === 'bash' ? bash(top, cases) : zsh(top, cases);
}

function bash(top: readonly string[], cases: readonly string[]): string {
  return `# bash completion of understudy
_understudy() {
  local word=\${COMP_WORDS[COMP_CWORD]} path="" words="" at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in -*) ;; *) path="\${path:+$path }\${COMP_WORDS[at]}" ;; esac
  done
  set -- $path
  case "\${1:-}\${2:+ $2}" in
    '') words=${quoted(top.join(' '))} ;;
${cases.join('\n')}
    *) case "$1" in
${cases.map((each) => `  ${each}`).join('\n')}
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _understudy understudy`;
}

function zsh(top: readonly string[], cases: readonly string[]): string {
  return `#compdef understudy
# zsh completion of understudy
_understudy() {
  local -a said; local words_of=""
  said=(\${\${words[2,CURRENT-1]}:#-*})
  case "\${said[1,2]}" in
    '') words_of=${quoted(top.join(' '))} ;;
${cases.map((each) => each.replace(') words=', ') words_of=')).join('\n')}
    *) case "\${said[1]}" in
${cases.map((each) => `  ${each.replace(') words=', ') words_of=')}`).join('\n')}
      esac ;;
  esac
  compadd -- \${=words_of} || _files
}
_understudy "$@"`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ path, about, words }) => {
    const [command = '', below] = path;
    const seen = below === undefined ? [] : [`__fish_seen_subcommand_from ${below}`];
    const when =
      below === undefined
        ? '__fish_use_subcommand'
        : `__fish_seen_subcommand_from ${command}; and not __fish_seen_subcommand_from ${below}`;
    const here = [`__fish_seen_subcommand_from ${command}`, ...seen].join('; and ');
    return [
      `complete -c understudy -n ${quoted(when)} -a ${quoted(path.at(-1) ?? '')} -d ${quoted(about)}`,
      ...words
        .filter((word) => word.startsWith('--'))
        .map((word) => `complete -c understudy -n ${quoted(here)} -l ${word.slice(2)}`),
    ];
  });
  return ['# fish completion of understudy', ...lines].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
