import { failed, ok, type Finding } from './check.ts'

/** The oldest Node that runs the code. */
const NEEDED_MAJOR = 24

/** Looks at the Node that runs this. */
export function checkNode(version = process.versions.node): Finding {
  return Number(version.split('.')[0]) >= NEEDED_MAJOR
    ? ok('Node', version)
    : failed('Node', `${version}; ${NEEDED_MAJOR} or newer is needed: run npm ci`)
}
