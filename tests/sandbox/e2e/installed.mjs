// An admin lets the bot into a GitLab by the code, somebody else builds two integrations on it, the authorization is
// deleted, both break, are reconnected, and heal.
import { expect } from './support.mjs';

export function installed_story(screen) {
  const { page } = screen;
  const home = () => page.locator('.home');
  const told = (words) => page.locator('.message', { hasText: words });
  const entry = (name) => home().locator('.block_section', { hasText: name }).first().locator('xpath=following-sibling::*[1]');
  // With the number that it must show first: what is pressed before the tab was drawn anew is pressed on nothing.
  const list = (name, count) => screen.button(home(), `${name} (${count})`);

  const store = async (name) => {
    await screen.become('U0MARA');
    await screen.visit('home');
    await screen.button(home(), 'Add an authorization').click();
    await screen.field('Name').fill(name);
    await screen.button(screen.dialog(), 'Go on').click();
    await screen.gone();
    await screen.visit('dm');
    const message = told(`To connect ${name}`).last();
    const code = (await message.innerText()).match(/[A-Z]{4}-[0-9]{4}/)[0];
    await message.locator('a[href*="/oauth/device"]').click();
    await screen.field('Code').fill('WRONG-CODE');
    await screen.button(screen.dialog(), 'Authorize').click();
    await screen.dialog().getByText('No application has asked with this code.').waitFor();
    await screen.field('Code').fill(code);
    await screen.button(screen.dialog(), 'Authorize').click();
    await screen.gone();
    await screen.button(told(`${name} was granted as mara`).last(), 'Keep').click();
    await told(`${name} · gitlab`).filter({ hasText: 'Connected.' }).last().waitFor();
  };
  const build = async (name, use, at) => {
    await screen.visit('home');
    await screen.button(home(), 'Add an integration').click();
    await screen.field('Name').fill(name);
    await screen.field('Use it for').selectOption(use);
    await screen.button(screen.dialog(), 'Add').click();
    await screen.gone();
    await screen.visit('dm');
    await told('Connected.').nth(at).waitFor();
  };
  const reconnect = async (name) => {
    await screen.button(told(`${name} (tracker`).last(), 'Reconnect').click();
    await screen.button(screen.dialog(), 'Reconnect').click();
    await screen.gone();
    await told('Connected.').filter({ hasText: name }).last().waitFor();
  };
  return {
    'installed: an admin stores an authorization with the code, after a wrong one was refused': async () => {
      await screen.open('#U0MARA/home');
      await store('IT GitLab');
    },
    'installed: somebody else builds two integrations on it and never sees the token': async () => {
      await screen.become('U0ADA');
      await build('Laptop requests', 'Tracker it (IT requests)', 0);
      await build('Changes', 'Tracker changes (changes)', 1);
      await screen.visit('home');
      await list('Mine', 2).click();
      await entry('Laptop requests').getByRole('button', { name: 'Details' }).waitFor();
      expect(!(await page.content()).includes('sandbox-token'), 'no token in the page');
    },
    'installed: the admin deletes the authorization, and the form names what stops': async () => {
      await screen.become('U0MARA');
      await screen.visit('home');
      await list('Authorizations', 1).click();
      await screen.button(entry('IT GitLab'), 'Remove').click();
      await screen.dialog().getByText('Laptop requests').waitFor();
      await screen.dialog().getByText('Changes').waitFor();
      await screen.field('Type its name to remove it').fill('IT GitLab');
      await screen.button(screen.dialog(), 'Remove').click();
      await screen.gone();
      await screen.visit('C0ITALARMS');
      await told('0 of 2 integrations').last().waitFor();
    },
    'installed: both break, and their owner is told with a button': async () => {
      await screen.become('U0ADA');
      await screen.visit('dm');
      await told('Laptop requests (tracker it) has stopped').last().waitFor();
      await told('Changes (tracker changes) has stopped').last().waitFor();
      await screen.visit('home');
      await list('Needs re-authentication', 2).click();
      await screen.button(entry('Changes'), 'Reconnect').waitFor();
    },
    'installed: a new authorization is stored': () => store('IT GitLab again'),
    'installed: both are reconnected and heal': async () => {
      await screen.become('U0ADA');
      await screen.visit('dm');
      await reconnect('Laptop requests');
      await reconnect('Changes');
      await screen.visit('C0ITALARMS');
      await told('2 of 2 integrations').last().waitFor();
      await screen.visit('home');
      await list('Needs re-authentication', 0).click();
      await home().getByText('Nothing is in this list.').waitFor();
    },
    'installed: the guide has ticked it, and the section fits a phone': async () => {
      await screen.tool('guide');
      await page.locator('.steps').last().locator('li.done').nth(4).waitFor();
      if (process.env.COUNTERSIGN_PICTURE_INSTALLED) {
        await list('Integrations', 2).click();
        await entry('Changes').scrollIntoViewIfNeeded();
        await page.screenshot({ path: process.env.COUNTERSIGN_PICTURE_INSTALLED });
      }
      await page.getByRole('button', { name: 'Close Try this' }).click(); // it would cover a phone
      await page.setViewportSize({ width: 375, height: 740 });
      await screen.open('#U0MARA/home');
      await list('Integrations', 2).click();
      await entry('Changes').waitFor();
      const out = await screen.sticking_out();
      expect(out.length === 0, `nothing sticks out: ${out}`);
      await page.setViewportSize({ width: 1280, height: 800 });
      await screen.tool('guide');
    },
  };
}
