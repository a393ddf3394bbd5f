// A workspace without the Admin API: Slackbot tells of the request, the parties agree in Countersign, a manager presses
// Slackbot's own button, and its edited message is the decision.
import { Screen } from './screen.mjs';
import { expect, start_sandbox } from './support.mjs';

const app = 'Orbit Boards';
const issue = 'https://gitlab.acme.example/it/vendor-reviews/-/issues/1479';

export async function workspace_story(checks, binaries, page) {
  const sandbox = await start_sandbox(binaries, ['--workspace', '--words', 'de']);
  const screen = new Screen(page, sandbox.address);
  const vote = (person, party) => async () => {
    await screen.become(person);
    await screen.visit('C0APPREVIEW');
    await screen.button(screen.card(app), 'Approve').click();
    await screen.card(app).getByText(new RegExp(`${party}\\s+approved by`)).waitFor();
  };
  try {
    await checks.story({
      'workspace: Slackbot tells the managers, in German, and Countersign has a card': async () => {
        await screen.open('#U0BEN/apps');
        await screen.running();
        await page.getByRole('button', { name: `Request to install ${app}` }).click();
        await screen.field('Add a note').fill(`Whiteboards, see ${issue}`);
        await screen.button(screen.dialog(), 'Submit request').click();
        await screen.gone();
        await screen.visit('C0APPREQUESTS');
        await screen.message('möchte die App').waitFor();
        await screen.visit('C0APPREVIEW');
        await screen.card(app).getByText('In review').first().waitFor();
      },
      'workspace: Security approves': vote('U0SOFIA', 'Security'),
      'workspace: Legal approves': vote('U0LINNEA', 'Legal'),
      'workspace: Procurement approves': vote('U0PRIYA', 'Procurement'),
      'workspace: IT approves': vote('U0IDRIS', 'IT'),
      'workspace: the manager is sent to Slack’s own message and button': async () => {
        await screen.become('U0MARA');
        await screen.visit('dm');
        await screen.message('Für Workspace genehmigen').waitFor();
      },
      'workspace: the press on Slackbot’s button closes the request': async () => {
        await screen.visit('C0APPREQUESTS');
        await screen.button(screen.message('möchte die App'), 'Für Workspace genehmigen').click();
        await screen.message('hat diese App genehmigt').waitFor();
        await screen.visit('C0APPREVIEW');
        await screen.card(app).locator('.block_section', { hasText: /^Approved/ }).first().waitFor();
        await screen.become('U0BEN');
        await screen.visit('dm');
        await screen.message('is approved').waitFor();
      },
    });
  } finally {
    await page.goto('about:blank'); // nobody asks a sandbox that has ended
    await checks.check('workspace: its sandbox ends well', async () => expect((await sandbox.stop()) === 0, 'exit code 0'));
  }
}

// Slackbot tells each app manager alone; one of them has lent Countersign the right to read that.
export async function personal_story(checks, binaries, page) {
  const sandbox = await start_sandbox(binaries, ['--personal']);
  const screen = new Screen(page, sandbox.address);
  try {
    await checks.story({
      'personal: a manager hears of the request from Slackbot alone, and Countersign has a card': async () => {
        await screen.open('#U0BEN/apps');
        await screen.running();
        await page.getByRole('button', { name: `Request to install ${app}` }).click();
        await screen.field('Add a note').fill(`Whiteboards, see ${issue}`);
        await screen.button(screen.dialog(), 'Submit request').click();
        await screen.gone();
        await screen.become('U0MARA');
        await screen.visit('slackbot');
        await screen.message(app).waitFor();
        await screen.visit('C0APPREVIEW');
        await screen.card(app).getByText('In review').first().waitFor();
        await screen.become('U0LINNEA');
        await screen.visit('slackbot');
        await page.getByText('What Slack itself tells you').first().waitFor();
        expect((await page.locator('.message').count()) === 0, 'nobody else hears of it');
      },
      'personal: the manager’s press there is the decision, and the requester hears it from Slackbot too': async () => {
        await screen.become('U0MARA');
        await screen.visit('slackbot');
        await screen.message(app).locator('button[data-action="QX1"]').click();
        await screen.visit('C0APPREVIEW');
        await screen.card(app).locator('.block_section', { hasText: /^Approved/ }).first().waitFor();
        await screen.become('U0BEN');
        await screen.visit('slackbot');
        await screen.message('was approved').waitFor();
      },
    });
  } finally {
    await page.goto('about:blank'); // nobody asks a sandbox that has ended
    await checks.check('personal: its sandbox ends well', async () => expect((await sandbox.stop()) === 0, 'exit code 0'));
  }
}
