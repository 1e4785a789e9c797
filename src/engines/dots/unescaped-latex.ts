// Commands that JSON reads as an escape and letters where their backslash is not doubled. The rest of
// these is no word in any language (`au` of `\tau`, `vert` of `\rvert` are), so that they can be told
// in any text.
const COMMANDS = 'text|textbf|textit|textrm|times|theta|tilde|triangle'
const RETURN_COMMANDS = 'right|rightarrow'
// In a formula, where tabs and single newlines mean nothing.
const FORMULA_COMMANDS = `${COMMANDS}|tau|tfrac|tan|tanh|to|top`
const FORMULA_RETURN_COMMANDS = `${RETURN_COMMANDS}|rho|rceil|rfloor|rVert|rvert`
const NEWLINE_COMMANDS = 'neq|nabla|neg|notin|nolimits|nonumber'

const TAB = commandPattern(String.raw`\t`, COMMANDS)
const RETURN = commandPattern(String.raw`\r`, RETURN_COMMANDS)
const FORMULA_TAB = commandPattern(String.raw`\t`, FORMULA_COMMANDS)
const FORMULA_RETURN = commandPattern(String.raw`\r`, FORMULA_RETURN_COMMANDS)
const FORMULA_NEWLINE = commandPattern(String.raw`\n`, NEWLINE_COMMANDS)

/**
 * Puts back the backslashes of LaTeX commands that a model wrote into a JSON string without doubling
 * them: `\frac` came out as a form feed and `rac`, `\times` as a tab and `imes`. Form feeds and
 * backspaces are no text; tabs and returns count only before the rest of a common command.
 *
 * For what was read from JSON only: anywhere else a tab is a tab.
 */
export function restoreLatexCommands(text: string): string {
  return text
    .replaceAll('\f', String.raw`\f`)
    .replaceAll('\b', String.raw`\b`)
    .replaceAll(TAB, String.raw`\t`)
    .replaceAll(RETURN, String.raw`\r`)
}

/** Does the same, and more, for a text that is a formula. */
export function restoreFormulaCommands(text: string): string {
  return restoreLatexCommands(text)
    .replaceAll(FORMULA_TAB, String.raw`\t`)
    .replaceAll(FORMULA_RETURN, String.raw`\r`)
    .replaceAll(FORMULA_NEWLINE, String.raw`\n`)
}

function commandPattern(character: string, commands: string): RegExp {
  const rests = commands.split('|').map((command) => command.slice(1))
  return new RegExp(`${character}(?=(?:${rests.join('|')})(?![A-Za-z]))`, 'g')
}
