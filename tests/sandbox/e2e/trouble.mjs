// Phones, hostile text, and what can go wrong.
import { expect } from './support.mjs';

export function phone_story(screen) {
  const { page } = screen;
  const fits = async (what) => expect((await screen.sticking_out()).length === 0, `${what} fits: ${await screen.sticking_out()}`);
  const places = ['home', 'apps', 'dm', 'C0APPREVIEW', 'C0ITALARMS', 'C0GENERAL'];
  return {
    'phone: every place fits 375 px without scrolling sideways': async () => {
      await page.setViewportSize({ width: 375, height: 740 });
      await page.reload();
      for (const place of places) {
        await screen.open(`#U0ADA/${place}`);
        await page.locator(`nav [data-place="${place}"][aria-current]`).waitFor({ state: 'attached' });
        await fits(place);
      }
    },
    'phone: the sidebar comes over the page and goes': async () => {
      await page.locator('#menu').click();
      await page.locator('#you').waitFor();
      await fits('the sidebar');
      await page.locator('nav [data-place="C0APPREVIEW"]').click();
      await page.waitForFunction(() => !document.body.classList.contains('show_sidebar'));
    },
    'phone: the drawers and a form fit': async () => {
      for (const name of ['guide', 'tracker', 'clock', 'calls', 'faults']) {
        await screen.tool(name);
        await fits(name);
        await page.getByRole('button', { name: /^Close / }).click();
      }
      await screen.open('#U0ADA/apps');
      await page.getByRole('button', { name: 'Request to install QuietMail Archiver' }).click();
      await fits('the form');
      await page.keyboard.press('Escape');
      await screen.gone();
    },
    'dark: the page follows the system': async () => {
      const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = await paper();
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(light !== (await paper()), 'another background in the dark');
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.reload();
    },
  };
}

const evil = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script> <!channel> *x* javascript:alert(1) \u202Eback';

export function hostile_story(screen) {
  const { page } = screen;
  return {
    'hostile text in a request stays text, in the card too': async () => {
      await screen.open('#U0BEN/apps');
      await page.getByRole('button', { name: 'Request to install QuietMail Archiver' }).click();
      await screen.field('Add a note').fill(evil);
      await screen.button(screen.dialog(), 'Submit request').click();
      await screen.gone();
      await screen.visit('C0APPREVIEW');
      await screen.card('QuietMail Archiver').getByText('onerror').first().waitFor();
      await harmless(page);
    },
    'hostile text in a message and in every kind of block stays text': async () => {
      // Put into the page's own state: the fake Slack takes only the blocks that the daemon uses.
      await page.route('**/api/state*', async (route) => {
        const answer = await route.fetch();
        const state = await answer.json();
        if (state.people) {
          const message = { channel: 'C0ITALARMS', ts: '1700000000.000100', user: state.bot.user, ephemeral_to: '', edits: 0 };
          state.messages.C0ITALARMS = [{ ...message, text: evil, blocks: every_block() }];
        }
        await route.fulfill({ response: answer, json: state });
      });
      await page.reload();
      await screen.visit('C0ITALARMS');
      await page.locator('.block_image').waitFor();
      expect((await page.locator('.log a').count()) === 2, 'only the two honest links are links');
      expect((await page.locator('.unknown').count()) === 0, 'every block is drawn');
      await harmless(page);
      await page.unroute('**/api/state*');
      await page.reload();
    },
  };
}

async function harmless(page) {
  expect((await page.evaluate(() => window.hurt)) === undefined, 'no script ran');
  expect((await page.locator('.log img, .log script').count()) === 0, 'no element came from text');
}

function every_block() {
  const plain = { type: 'plain_text', text: evil.slice(0, 140) };
  const words = [{ type: 'text', text: evil }, { type: 'text', text: 'bold', style: { bold: true } }];
  return [
    { type: 'header', text: plain },
    { type: 'section', text: { type: 'mrkdwn', text: `${evil} <https://honest.example|honest> <javascript:alert(1)|click>` } },
    { type: 'section', fields: [plain, { type: 'mrkdwn', text: '*bold* _it_ ~no~ `code` <@U0ADA> <!date^1700000000^{date_num} {time}|then>' }] },
    { type: 'context', elements: [plain, { type: 'mrkdwn', text: '&gt; quoted' }] },
    { type: 'divider' },
    { type: 'image', image_url: 'https://pictures.example/a.png', alt_text: evil, title: plain },
    { type: 'rich_text', elements: [
      { type: 'rich_text_section', elements: words },
      { type: 'rich_text_list', style: 'bullet', elements: [{ type: 'rich_text_section', elements: words }] },
      { type: 'rich_text_quote', elements: words }, { type: 'rich_text_preformatted', elements: words },
    ] },
    { type: 'markdown', text: `## ${evil}\n\n- **one** [link](https://honest.example)\n- [two](javascript:alert(1))\n\n> quote` },
  ];
}

export function trouble_story(screen) {
  const { page } = screen;
  const pid = () => page.evaluate(async () => (await (await fetch('/api/state?since=0')).json()).daemon.pid);
  return {
    'kill -9: the daemon comes back by itself and goes on': async () => {
      await screen.open('#U0ADA/apps');
      await screen.tool('faults');
      const before = await pid();
      await screen.button(page.locator('#drawer'), 'Kill the daemon').click();
      await page.waitForFunction(async (old) => {
        const { daemon, connections } = await (await fetch('/api/state?since=0')).json();
        return daemon.pid && daemon.pid !== old && connections > 0;
      }, before);
      await page.getByRole('button', { name: 'Request to install Harbour CRM' }).click();
      await screen.button(screen.dialog(), 'Submit request').click();
      await screen.gone();
      await screen.visit('C0APPREVIEW');
      await screen.card('Harbour CRM').waitFor();
    },
    'a disconnect and a refresh are survived': async () => {
      for (const name of ['Disconnect', 'Refresh a socket']) {
        await screen.button(page.locator('#drawer'), name).click();
        await screen.running();
      }
    },
    'an outage is shown, and its end': async () => {
      await page.getByLabel('Outage').check();
      await page.locator('.lamp.off').waitFor({ state: 'attached' });
      await page.getByLabel('Outage').uncheck();
      await page.locator('.lamp.on').waitFor({ state: 'attached', timeout: 60_000 });
    },
    'nobody answers: the press says so': async () => {
      await page.getByLabel('Outage').check();
      await page.locator('.lamp.off').waitFor({ state: 'attached' });
      await screen.button(screen.card('Harbour CRM'), 'Details').click();
      await page.locator('.toast.failure').first().waitFor();
      await page.getByLabel('Outage').uncheck();
      await page.locator('.lamp.on').waitFor({ state: 'attached', timeout: 60_000 });
    },
  };
}
