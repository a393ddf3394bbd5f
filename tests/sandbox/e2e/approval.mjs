// node approval.mjs BINARY_DIR [PICTURE]: one approval from the wish to the answer, clicked through in headless Chromium
// against the real daemon; then keyboard, phone, hostile text and faults. PICTURE is where the README's screenshot goes.
import { writeFileSync } from 'node:fs';
import { home_story } from './home.mjs';
import { installed_story } from './installed.mjs';
import { clock_story, issue_story } from './issue.mjs';
import { keyboard_story } from './keyboard.mjs';
import { Screen } from './screen.mjs';
import { Checks, expect, start_browser, start_sandbox } from './support.mjs';
import { hostile_story, phone_story, trouble_story } from './trouble.mjs';
import { personal_story, workspace_story } from './workspace.mjs';

const [binaries, picture] = process.argv.slice(2);
if (!binaries) {
  console.error('usage: node approval.mjs BINARY_DIR [PICTURE]');
  process.exit(2);
}

const app = 'Recap Notetaker';

// 1280 x 800 pixels of a slightly larger window, so that the whole card is seen.
async function take_picture(screen, name) {
  const { page } = screen;
  await page.locator('.toast').waitFor({ state: 'detached' });
  const session = await page.context().newCDPSession(page);
  const size = (width, height) => session.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1280 / width, mobile: false });
  await size(1440, 900);
  await screen.card(name).evaluate((card) => card.scrollIntoView({ block: 'end' }));
  const { data } = await session.send('Page.captureScreenshot', { format: 'png' });
  writeFileSync(picture, Buffer.from(data, 'base64'));
  await size(1280, 800);
  await session.detach();
}

function approval_story(screen, sandbox) {
  const { page } = screen;
  let issue = '';
  const vote = (person, party, name = app) => async () => {
    await screen.become(person);
    await screen.visit('C0APPREVIEW');
    await screen.button(screen.card(name), 'Approve').click();
    await screen.card(name).getByText(new RegExp(`${party}\\s+approved by`)).waitFor();
  };
  return {
    'the sandbox prints its address and the daemon connects': async () => {
      expect(/^Sandbox: http:\/\/127\.0\.0\.1:\d+\/$/.test(sandbox.line), `a line with the address, not "${sandbox.line}"`);
      await screen.open('#U0ADA/apps');
      await screen.running();
    },
    'an employee asks for an app as Slack offers it, without a link': async () => {
      await page.getByRole('button', { name: `Request to install ${app}` }).click();
      await screen.field('Add a note').fill('Notes for customer calls');
      await screen.button(screen.dialog(), 'Submit request').click();
      await screen.gone();
      await page.getByText('Requested by Ada Okafor').waitFor();
    },
    'the bot asks the employee for the vendor issue': async () => {
      await screen.visit('dm');
      await screen.button(screen.page.locator('.message').last(), 'Link vendor issue').waitFor();
    },
    'a link that is no issue is refused at its field, with the reason': async () => {
      await screen.button(page.locator('.message').last(), 'Link vendor issue').click();
      await screen.field('Vendor issue link').fill('https://gitlab.acme.example/it/vendor-reviews/-/merge_requests/77');
      await page.keyboard.press('Enter');
      await page.locator('dialog .field_error', { hasText: /merge request/i }).waitFor();
      expect(await screen.field('Vendor issue link').getAttribute('aria-invalid') === 'true', 'the field is marked as wrong');
      await page.keyboard.press('Escape');
      await screen.gone();
    },
    'the employee pastes the issue’s link from the tracker’s page': async () => {
      await screen.tool('tracker');
      await page.getByRole('button', { name: `App integration: ${app}`, exact: true }).click();
      issue = await page.locator('.address').innerText();
      await screen.button(page.locator('.message', { hasText: 'Link vendor issue' }).last(), 'Link vendor issue').click();
      await screen.field('Vendor issue link').fill(issue);
      await page.keyboard.press('Enter');
      await screen.gone();
      await screen.tool('guide');
    },
    'the card is in review and shows the issue': async () => {
      await screen.visit('C0APPREVIEW');
      await screen.card(app).getByText('In review').first().waitFor();
      await screen.card(app).locator(`a[href="${issue}"]`).first().waitFor();
    },
    'a press without the right to it is answered for that person’s eyes': async () => {
      await screen.button(screen.card(app), 'Approve').click();
      await page.locator('.message.ephemeral', { hasText: 'Only visible to you' }).waitFor();
    },
    'Security approves': vote('U0SOFIA', 'Security'),
    'Legal approves': vote('U0LINNEA', 'Legal'),
    'Procurement approves': vote('U0PRIYA', 'Procurement'),
    'IT approves': vote('U0IDRIS', 'IT'),
    'the card is ready': () => screen.card(app).getByText('Ready').first().waitFor(),
    'an admin approves the app, and is asked whether that is meant': async () => {
      await screen.become('U0MARA');
      await screen.button(screen.card(app), 'Approve app').click();
      await screen.button(screen.dialog(), 'Approve app').click();
      await screen.card(app).locator('.block_section', { hasText: /^Approved/ }).first().waitFor();
    },
    'Slack has it approved': async () => {
      await screen.visit('apps');
      await page.locator('.app', { hasText: app }).getByText('Approved for this workspace').waitFor();
    },
    'the employee reads the news': async () => {
      await screen.become('U0ADA');
      await page.locator('[data-place="dm"] .badge').waitFor();
      await screen.visit('dm');
      await page.locator('.message', { hasText: /approved/i }).last().waitFor();
      await screen.tool('guide');
      await page.getByText('That was the whole job.').waitFor();
    },
    'a second request, with the link in its note, is in review at once': async () => {
      await screen.become('U0BEN');
      await screen.visit('apps');
      await page.getByRole('button', { name: 'Request to install Orbit Boards' }).click();
      await screen.field('Add a note').fill('Whiteboards for the weekly, see https://gitlab.acme.example/it/vendor-reviews/-/issues/1479');
      await screen.button(screen.dialog(), 'Submit request').click();
      await screen.gone();
      await screen.visit('C0APPREVIEW');
      await screen.card('Orbit Boards').getByText('In review').first().waitFor();
    },
    'a picture for the README': async () => {
      for (const [person, party] of [['U0TOMAS', 'Security'], ['U0LINNEA', 'Legal']]) await vote(person, party, 'Orbit Boards')();
      await screen.become('U0PRIYA');
      if (!picture) return;
      await screen.card('Orbit Boards').locator('a[href*="/-/issues/"]').first().click();
      await page.locator('.drawer_body.tracker .notes > li').first().waitFor();
      await take_picture(screen, 'Orbit Boards');
      await screen.tool('guide');
    },
    'every call of the daemon is in the log': async () => {
      await screen.tool('calls');
      for (const method of ['chat.postMessage', 'views.open', 'admin.apps.approve']) {
        await page.locator('.calls .method', { hasText: method }).first().waitFor();
      }
      await page.locator('.calls li', { hasText: /GET \/projects\/\d+\/issues\/\d+\/notes\s*ok\s*GitLab/ }).first().waitFor();
      await page.locator('.calls li', { hasText: /POST \/projects\/\d+\/issues\/\d+\/notes\s*201\s*GitLab/ }).first().waitFor();
      const told = await page.locator('ol.calls').innerText();
      expect(!told.includes('glpat-'), 'no token of the tracker in the log');
      await screen.tool('guide');
    },
  };
}

const checks = new Checks();
const sandbox = await start_sandbox(binaries);
const browser = await start_browser();
const screen = new Screen(browser.page, sandbox.address);
try {
  await checks.story(approval_story(screen, sandbox));
  await checks.story(issue_story(screen));
  await checks.story(keyboard_story(screen));
  await checks.story(home_story(screen));
  await checks.story(installed_story(screen));
  await checks.story(phone_story(screen));
  await checks.story(hostile_story(screen));
  await checks.story(trouble_story(screen));
  await checks.story(clock_story(screen));
  await workspace_story(checks, binaries, browser.page);
  await personal_story(checks, binaries, browser.page);
  await checks.check('the browser’s console stayed free of errors', () => expect(browser.complaints.length === 0, browser.complaints.join('\n')));
} finally {
  await browser.stop();
}
await checks.check('the sandbox ends well when it is told to', async () => expect((await sandbox.stop()) === 0, 'exit code 0'));
console.log(`${checks.passed} passed, ${checks.failed} failed`);
process.exit(checks.failed ? 1 : 0);
