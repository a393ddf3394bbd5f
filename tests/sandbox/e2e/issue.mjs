// The vendor issue beside the card: made, opened, signed by label, box and comment, ticked by somebody outside, unlabelled,
// opened again; and the clock put forward until the daemon reminds people.
import { expect } from './support.mjs';

const app = 'Deploy Bell';

export function issue_story(screen) {
  const { page } = screen;
  const drawer = page.locator('.drawer_body.tracker');
  const card = () => screen.card(app);
  const says = (text) => card().getByText(text).first().waitFor();
  const act = async (person, run) => {
    await screen.become(person);
    await run();
  };
  const add_label = (party) => drawer.getByRole('button', { name: `Add label ${party}::Approved` }).click();
  return {
    'issue: an employee has the vendor issue made from the project’s template': async () => {
      await screen.open('#U0ADA/apps');
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.reload();
      await screen.running();
      await page.getByRole('button', { name: `Request to install ${app}` }).click();
      await screen.button(screen.dialog(), 'Submit request').click();
      await screen.gone();
      await screen.visit('dm');
      await screen.button(page.locator('.message', { hasText: app }).last(), 'Create vendor issue').click();
      await screen.visit('C0APPREVIEW');
      await says('In review');
    },
    'issue: its link on the card opens it beside the card': async () => {
      await card().locator('a[href*="/-/issues/"]').first().click();
      await drawer.getByRole('heading', { name: app }).waitFor();
      await drawer.getByLabel('Security', { exact: true }).waitFor();
    },
    'issue: the status note stands on it, without what only machines read': async () => {
      await drawer.locator('.notes > li', { hasText: 'Security: waiting' }).waitFor();
      expect(!(await drawer.innerText()).includes('<!--'), 'no marker is seen');
    },
    'issue: a box ticked by somebody outside is flagged, not counted (P7)': () => act('U0BEN', async () => {
      await drawer.getByLabel('Legal', { exact: true }).check();
      await says(/may not sign for Legal/);
    }),
    'issue: a party signs with its label': () => act('U0LINNEA', async () => {
      await add_label('Legal');
      await says(/Legal\s+approved by .*signed in GitLab/);
    }),
    'issue: another with a comment': () => act('U0SOFIA', async () => {
      await drawer.getByLabel('Comment', { exact: true }).fill('approved: Security');
      await screen.button(drawer, 'Comment').click();
      await says(/Security\s+approved by .*signed in GitLab/);
    }),
    'issue: another with its box': () => act('U0PRIYA', async () => {
      await drawer.getByLabel('Procurement', { exact: true }).check();
      await says(/Procurement\s+approved by .*signed in GitLab/);
    }),
    'issue: the last one makes the request ready': () => act('U0IDRIS', async () => {
      await add_label('IT');
      await says('Ready');
    }),
    'issue: a label that is taken off takes its vote along': () => act('U0BEN', async () => {
      await drawer.getByRole('button', { name: 'Remove label IT::Approved' }).click();
      await says('In review');
      await screen.become('U0IDRIS');
      await add_label('IT');
      await says('Ready');
    }),
    'issue: the decision stands on it': () => act('U0MARA', async () => {
      await screen.button(card(), 'Approve app').click();
      await screen.button(screen.dialog(), 'Approve app').click();
      await card().locator('.block_section', { hasText: /^Approved/ }).first().waitFor();
      await drawer.locator('.notes > li', { hasText: /Decision.*Approved/s }).waitFor();
    }),
    'issue: opened again after the decision, it puts the app before the admins again (A16)': () => act('U0BEN', async () => {
      await screen.button(drawer, 'Close issue').click();
      await screen.button(drawer, 'Reopen issue').click();
      await says('Needs a human');
    }),
    'issue: a new one is made by hand': async () => {
      await screen.button(drawer, '← All issues').click();
      await screen.button(drawer, 'New issue').click();
      await drawer.getByLabel('Title', { exact: true }).fill('App integration: <b>Parrot</b>');
      await screen.button(drawer, 'Create issue').click();
      await drawer.getByRole('heading', { name: '<b>Parrot</b>' }).waitFor();
    },
    'issue: it fits a phone': async () => {
      await page.setViewportSize({ width: 375, height: 740 });
      const out = await screen.sticking_out();
      expect(out.length === 0, `nothing sticks out: ${out}`);
      await page.setViewportSize({ width: 1280, height: 800 });
    },
  };
}

export function clock_story(screen) {
  const { page } = screen;
  return {
    'clock: who does not answer for two working days is reminded': async () => {
      await screen.open('#U0PRIYA/dm');
      await screen.tool('clock');
      await page.getByText('The same as your own.').waitFor();
      for (let day = 1; day <= 5; day += 1) {
        const before = await page.evaluate(async () => (await (await fetch('/api/state?since=0')).json()).ahead);
        await screen.button(page.locator('#drawer'), 'Next working day').click();
        await page.locator('.toast', { hasText: 'put forward' }).last().waitFor();
        await page.waitForFunction(async (old) => (await (await fetch('/api/state?since=0')).json()).ahead > old, before);
      }
      await page.getByText(/hours ahead of your own/).waitFor();
      await screen.message('A reminder').waitFor();
    },
    'clock: the daemon is still connected and answers': async () => {
      await screen.running();
      await screen.visit('home');
      await page.locator('.home').getByText('Waits for your vote').waitFor();
    },
  };
}
