/*
 * Pages as a model writes them, made from a seed: endless loops, and honest pages that repeat.
 */

/** A source of choices. */
export type RandomText = {
  below(limit: number): number
  pick<T>(items: readonly T[]): T
}

const EN = (
  'the contract of sale provides that every delivery under this section shall be accepted within ' +
  'ten working days unless notice has been given in writing by either party and total amount paid ' +
  'interest report annual summary market growth water analysis system method result figure table'
).split(' ')
const ZH =
  '本合同自双方签字盖章之日起生效有限公司应当按照约定的时间交付货物并承担相应责任年度报告显示收入增长主要来源于市场需求变化分析方法与结果如下所示'.split(
    '',
  )

/** A reproducible source of choices. */
export function randomText(seed: number): RandomText {
  let state = (seed + 1) * 2_654_435_761
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  return {
    below,
    pick(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('Cannot pick from nothing')
      return item
    },
  }
}

/** Joins what `piece` gives for 1, 2, 3 … */
export function times(count: number, piece: (number: number) => string): string {
  return Array.from({ length: count }, (_, index) => piece(index + 1)).join('')
}

/** A sentence in Chinese or English of about so many characters. */
export function sentence(random: RandomText, characters: number): string {
  const isChinese = random.below(2) === 0
  let text = ''
  while (text.length < characters) {
    text += isChinese ? random.pick(ZH) : `${random.pick(EN)} `
  }
  return isChinese ? `${text}。` : `${text.trim()}.`
}

/** Ways in which a model loops; each gives one round of its loop by number. */
export const LOOPS: Record<string, (random: RandomText) => (round: number) => string> = {
  'a token': (random) => {
    const token = random.pick(['. ', '…', '_', '的', 'the ', '\\quad ', '\n', '—', '0', '&nbsp;'])
    return () => token
  },
  'a phrase': (random) => {
    const phrase = sentence(random, 8 + random.below(100)) + random.pick(['', ' ', '\n', '\n\n'])
    return () => phrase
  },
  'a paragraph': (random) => {
    const paragraph = times(6, () => sentence(random, 40 + random.below(160))) + '\n\n'
    return () => paragraph
  },
  'a numbered phrase': (random) => {
    const phrase = sentence(random, 6 + random.below(80))
    const [before, after] = random.pick([
      ['', '. '],
      ['第', '条 '],
      ['(', ') '],
      ['Figure 2.', ': '],
    ])
    const end = random.pick([' ', '\n', '\n\n'])
    return (round) => `${before}${round}${after}${phrase}${end}`
  },
  'a Chinese number': (random) => {
    const phrase = sentence(random, 10 + random.below(60))
    const digits = '零一二三四五六七八九'
    return (round) => {
      const tens = Math.floor((round % 100) / 10)
      return `${tens > 0 ? `${digits.charAt(tens)}十` : ''}${digits.charAt(round % 10)}、${phrase}\n`
    }
  },
  'a table row': (random) => {
    const cells = times(2 + random.below(5), () => `<td>${sentence(random, 4)}</td>`)
    const isNumbered = random.below(2) === 0
    return (round) => `<tr>${isNumbered ? `<td>${round}</td>` : ''}${cells}</tr>\n`
  },
  'an empty cell': (random) => {
    const cell = random.pick(['<td></td>', '<td>0</td>', ' |', '<td>-</td>'])
    return () => cell
  },
  'a Markdown row': (random) => {
    const cells = times(2 + random.below(5), () => ` ${sentence(random, 5)} |`)
    return () => `|${cells}\n`
  },
  'a layout block': (random) => {
    const text = sentence(random, 10 + random.below(80))
    return (round) => {
      const box = [112, 40 + round * 21, 880, 58 + round * 21].join(', ')
      return `{"bbox": [${box}], "category": "Text", "text": "${text}"}, `
    }
  },
  'a grounded block': (random) => {
    const text = sentence(random, 10 + random.below(80))
    return (round) =>
      `<|ref|>text<|/ref|><|det|>[[90, ${round * 9}, 905, ${round * 9 + 7}]]<|/det|>\n${text}\n\n`
  },
}

/** Pages that repeat without a loop. */
export const HONEST_PAGES: Record<string, (random: RandomText) => string> = {
  'a table of zeros': (random) => {
    const zero = random.pick(['0', '0.00', '-', 'N/A', '无'])
    const columns = 4 + random.below(17)
    const row = `<tr>${times(columns, () => `<td>${zero}</td>`)}</tr>`
    return `<table>${times(20 + random.below(41), () => row)}</table>`
  },
  'a Markdown table of zeros': (random) => {
    const row = `|${' 0.00 |'.repeat(4 + random.below(17))}\n`
    return row.repeat(20 + random.below(41))
  },
  'an empty form': (random) => {
    const row = `<tr>${'<td></td>'.repeat(2 + random.below(19))}</tr>`
    return `<table>${row.repeat(20 + random.below(41))}</table>`
  },
  'blanks to fill in': (random) =>
    times(20 + random.below(25), () => `Signature: ${'_'.repeat(30)} Date: ${'_'.repeat(12)}\n`),
  'ruled lines': (random) => `${'_'.repeat(60 + random.below(40))}\n`.repeat(20 + random.below(30)),
  'a table of contents': (random) =>
    times(30 + random.below(25), (row) => {
      const title = sentence(random, 10 + random.below(30))
      return `${row}.${random.below(9)} ${title}${'.'.repeat(40 + random.below(60))} ${row * 3}\n`
    }),
  'a table of contents without titles': (random) =>
    times(40 + random.below(20), (row) => `Chapter ${row} ${'. '.repeat(60)} ${row * 7}\n`),
  'an answer sheet': (random) =>
    times(100 + random.below(101), (row) => `${row}. [A] [B] [C] [D]\n`),
  'an invoice of one article': (random) => {
    const price = `${1 + random.below(900)}.00`
    const row = `<tr><td>Consulting hour</td><td>1</td><td>${price}</td><td>${price}</td></tr>`
    return `<table>${row.repeat(10 + random.below(40))}</table>`
  },
  'a bank statement': (random) =>
    times(60 + random.below(40), (row) => {
      const day = String(1 + (row % 28)).padStart(2, '0')
      return `2024-0${1 + (row % 9)}-${day} Payment received ${random.below(90_000) / 100} EUR\n`
    }),
  'a log': (random) =>
    times(
      90,
      () => `12:${10 + random.below(49)}:07 INFO request handled in ${random.below(900)} ms\n`,
    ),
  'a list of numbers': (random) => times(200 + random.below(300), (row) => `${row}\n`),
  'a number table': (random) =>
    times(50, () => `${times(10, () => `${random.below(100_000) / 100} `)}\n`),
  'a code listing': (random) =>
    times(70, (row) => {
      const [name, other] = [random.pick(EN), random.pick(EN)]
      return random.pick([
        `    }\n`,
        `  if (${name} === ${row}) {\n`,
        `    ${name}.${other}(${row})\n`,
      ])
    }),
  'address labels': (random) => {
    const label = `${sentence(random, 12)}\nMain Street 12\n10115 Springfield\n\n`
    return label.repeat(30)
  },
  'a song with a refrain': (random) => {
    const refrain = times(4, () => `${sentence(random, 30)}\n`)
    return times(8, () => `${times(4, () => `${sentence(random, 35)}\n`)}\n${refrain}\n`)
  },
  base64: (random) => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.split('')
    return times(60, () => `${times(76, () => random.pick(letters))}\n`)
  },
  'a gene': (random) => times(60, () => `${times(60, () => random.pick(['A', 'C', 'G', 'T']))}\n`),
  'inspection results': (random) =>
    times(
      40,
      (row) =>
        `<tr><td>${row}</td><td>${sentence(random, 8)}</td>${'<td>合格</td>'.repeat(6)}</tr>`,
    ),
  prose: (random) => times(30, () => `${sentence(random, 60 + random.below(80))} `),
}
