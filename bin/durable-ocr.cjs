#!/usr/bin/env node
/*
 * Finds a Node that can run durable-ocr and hands over to it. Old JavaScript on purpose: it must get
 * as far as its one sentence on Node 12 too.
 */
'use strict'

/* oxlint-disable unicorn/prefer-node-protocol -- unknown to `require` before Node 14.18 */
var childProcess = require('child_process')
var fs = require('fs')
var os = require('os')
var path = require('path')
/* oxlint-enable unicorn/prefer-node-protocol */

var NEEDED_MAJOR = 24
var BAD_CONFIGURATION = 78
var root = path.join(__dirname, '..')

function majorOf(version) {
  var match = /^v(\d+)\./.exec(version)
  return match ? Number(match[1]) : 0
}

/** The binary that came with `npm ci`, wherever npm has put the package. */
function installedNode() {
  try {
    return require.resolve('node-' + process.platform + '-' + process.arch + '/bin/node')
  } catch {
    return path.join(root, 'node_modules', '.bin', 'node')
  }
}

function isGoodNode(program) {
  var run = childProcess.spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 10000 })
  return run.status === 0 && majorOf(run.stdout) >= NEEDED_MAJOR
}

function findNode() {
  if (majorOf(process.version) >= NEEDED_MAJOR) return process.execPath
  var directories = (process.env.PATH || '').split(path.delimiter).filter(Boolean)
  var candidates = [installedNode()].concat(
    directories.map(function (directory) {
      return path.join(directory, process.platform === 'win32' ? 'node.exe' : 'node')
    }),
  )
  for (var i = 0; i < candidates.length; i++) if (isGoodNode(candidates[i])) return candidates[i]
  return null
}

function handOver(node) {
  var entry = path.join(root, 'src', 'cli', 'main.ts')
  // Node says so on stderr when the file of --env-file-if-exists is not there.
  var envFile = fs.existsSync('.env') ? ['--env-file-if-exists=.env'] : []
  var args = envFile.concat(entry, process.argv.slice(2))
  var child = childProcess.spawn(node, args, { stdio: 'inherit' })
  var forward = function (signal) {
    process.on(signal, function () {
      // A terminal sends Ctrl-C to both; a second one would cut the clean end short.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  ;['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(forward)
  child.on('error', function (error) {
    process.stderr.write('durable-ocr cannot start ' + node + ': ' + error.message + '\n')
    process.exit(1)
  })
  child.on('exit', function (code, signal) {
    process.exit(code === null ? 128 + (os.constants.signals[signal] || 0) : code)
  })
}

var found = findNode()
if (found !== null) handOver(found)
else {
  process.stderr.write(
    'durable-ocr needs Node ' +
      NEEDED_MAJOR +
      ' or newer; this is ' +
      process.version +
      '. Run "npm ci" in ' +
      root +
      ' (not with --omit=optional), or install Node ' +
      NEEDED_MAJOR +
      '.\n',
  )
  process.exit(BAD_CONFIGURATION)
}
