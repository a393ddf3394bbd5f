// Starts the sandbox and a browser, counts checks, and ends both whatever happens.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const chromium_path = '/usr/bin/chromium';
const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
const patience = 15_000;

export async function start_sandbox(binaries, options = []) {
  const program = join(binaries, 'countersign_sandbox');
  if (!existsSync(program)) throw new Error(`no ${program}; build it first`);
  const child = spawn(program, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  const first = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then((code) => { throw new Error(`the sandbox ended at once: ${code}`); }),
  ]);
  return { line: first, address: first.replace('Sandbox: ', ''), stop: () => { child.kill('SIGTERM'); return ended; } };
}

export async function start_browser() {
  const profile = mkdtempSync(join(tmpdir(), 'countersign-page-'));
  // headless stays off for Playwright, whose own flag is one that newer browsers do not know.
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromium_path, headless: false, args: flags, viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce', colorScheme: 'light', locale: 'en-US',
  });
  context.setDefaultTimeout(patience);
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (problem) => complaints.push(String(problem)));
  return {
    page, complaints,
    stop: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

export class Checks {
  passed = 0;
  failed = 0;

  // False if it failed; the story's next steps would only fail for the same reason.
  async check(name, run) {
    try {
      await run();
      this.passed += 1;
      console.log(`ok      ${name}`);
      return true;
    } catch (problem) {
      this.failed += 1;
      console.log(`FAILED  ${name}\n${problem.stack}`);
      return false;
    }
  }

  // Steps that build on each other: after the first failure the rest counts as failed.
  async story(steps) {
    let going = true;
    for (const [name, run] of Object.entries(steps)) {
      if (going) going = await this.check(name, run);
      else {
        this.failed += 1;
        console.log(`FAILED  ${name} (not reached)`);
      }
    }
  }
}

export function expect(truth, what) {
  if (!truth) throw new Error(`expected: ${what}`);
}
