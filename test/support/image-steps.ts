import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..')

/** What a container of an image would start with. */
export type BuiltImage = {
  /** Stands for `/`. */
  readonly root: string
  readonly env: Readonly<Record<string, string>>
  readonly user: string
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly healthcheck: readonly string[]
}

type Instruction = { readonly name: string; readonly text: string }

type Stage = {
  readonly root: string
  workingDirectory: string
  readonly env: Record<string, string>
  readonly args: Record<string, string>
  readonly settings: Map<string, string>
}

/** Directories of the image that stand below the root of a stage. */
const ABSOLUTE_PATH = /(?<=^|[\s=:"'])\/(app|data|volumes)(?=[/\s"']|$)/g

/**
 * Does the steps of the Dockerfile without a daemon: each stage in a directory below `directory`, RUN by
 * the shell of this machine with this Node, `/app`, `/data` and `/volumes` being below the stage. What
 * the base image holds is not looked at.
 */
export function buildImage(directory: string): BuiltImage {
  const stages = new Map<string, Stage>()
  let stage = createStage(join(directory, 'none'))
  for (const { name, text } of readInstructions(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))) {
    if (name === 'FROM') {
      const stageName = / AS (\w+)$/.exec(text)?.[1] ?? 'last'
      stage = createStage(join(directory, stageName))
      stages.set(stageName, stage)
    } else step(stage, { name, text }, stages)
  }
  return imageOf(stage)
}

function createStage(root: string): Stage {
  mkdirSync(root, { recursive: true })
  chmodSync(root, 0o755)
  return { root, workingDirectory: root, env: {}, args: {}, settings: new Map() }
}

function readInstructions(text: string): Instruction[] {
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
  return lines.flatMap((line) => {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? []
    return name === '' ? [] : [{ name, text: rest.trim() }]
  })
}

function step(stage: Stage, { name, text }: Instruction, stages: ReadonlyMap<string, Stage>): void {
  switch (name) {
    case 'ARG':
      Object.assign(stage.args, readPairs(text))
      break
    case 'ENV':
      Object.assign(stage.env, readPairs(text))
      break
    case 'WORKDIR':
      stage.workingDirectory = join(stage.root, text)
      mkdirSync(stage.workingDirectory, { recursive: true })
      break
    case 'COPY':
      copy(stage, text, stages)
      break
    case 'RUN':
      run(stage, text)
      break
    default:
      stage.settings.set(name, text)
  }
}

function readPairs(text: string): Record<string, string> {
  const pairs = text.split(/\s+/).map((pair) => pair.split('=', 2))
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]))
}

function run(stage: Stage, text: string): void {
  const command = text.replaceAll(ABSOLUTE_PATH, `${stage.root}/$1`)
  execFileSync('sh', ['-euc', command], {
    cwd: stage.workingDirectory,
    env: {
      // Where npm finds its registry and its cache, which a builder knows too.
      ...process.env,
      // The Node of the image, whichever this machine has.
      PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      npm_config_prefer_offline: 'true',
      ...stage.args,
      ...stage.env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function copy(stage: Stage, text: string, stages: ReadonlyMap<string, Stage>): void {
  const words = text.split(/\s+/)
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length)
  const paths = words.filter((word) => !word.startsWith('--'))
  const target = join(stage.workingDirectory, paths.at(-1) ?? '.')
  for (const source of paths.slice(0, -1))
    if (from === undefined) copyFromContext(source, target)
    else {
      const root = stages.get(from)?.root ?? ''
      // Links, because these are hundreds of megabytes which nobody changes afterwards.
      execFileSync('cp', ['-a', '--link', '-T', join(root, source), target])
    }
}

function copyFromContext(source: string, target: string): void {
  const isIgnored = readIgnored()
  const from = join(ROOT, source)
  cpSync(from, source === '.' ? target : join(target, basename(source)), {
    recursive: true,
    filter: (path) => !isIgnored(relative(ROOT, path)),
  })
}

/** `.dockerignore`, whose patterns here are paths from the root, with `*` at most in the last part. */
function readIgnored(): (path: string) => boolean {
  const lines = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n')
  const patterns = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => new RegExp(`^${line.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`))
  return (path) => patterns.some((pattern) => pattern.test(path))
}

function imageOf(stage: Stage): BuiltImage {
  const words = (name: string): string[] => {
    const list = /\[.*\]$/.exec(stage.settings.get(name) ?? '')?.[0] ?? '[]'
    const parsed: unknown = JSON.parse(list)
    const texts = Array.isArray(parsed) ? parsed.map(String) : []
    return texts.map((word) => place(stage, word))
  }
  const env = Object.entries(stage.env).map(([name, value]) => [name, place(stage, value)])
  return {
    root: stage.root,
    env: Object.fromEntries(env),
    user: stage.settings.get('USER') ?? '0:0',
    entrypoint: words('ENTRYPOINT'),
    command: words('CMD'),
    healthcheck: words('HEALTHCHECK'),
  }
}

function place(stage: Stage, text: string): string {
  return text.replaceAll(ABSOLUTE_PATH, `${stage.root}/$1`)
}
