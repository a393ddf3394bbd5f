// The same page without a mouse.
import { expect } from './support.mjs';

export function keyboard_story(screen) {
  const { page } = screen;
  const press = (key) => page.keyboard.press(key);
  const focused = (selector) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
  return {
    'keyboard: the first Tab offers to skip the sidebar': async () => {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.reload();
      await screen.running();
      await press('Tab');
      await focused('#skip');
      await press('Enter');
      await focused('#column > *');
    },
    'keyboard: change person with the arrow keys': async () => {
      await page.locator('#you').focus();
      await press('Enter');
      await focused('.person[aria-current]');
      await press('Home');
      await press('ArrowDown');
      await press('Enter');
      await page.waitForFunction(() => location.hash.startsWith('#U0BEN/'));
      await focused('#you');
    },
    'keyboard: Escape leaves the list of people and keeps who you are': async () => {
      await press('Enter');
      await press('End');
      await press('Escape');
      await focused('#you');
      expect(new URL(page.url()).hash.startsWith('#U0BEN/'), 'still Ben');
    },
    'keyboard: go to the conversation with the bot': async () => {
      await press('Tab');
      await focused('#language');
      await press('Tab');
      await press('End');
      await press('Enter');
      await page.waitForURL('**/#U0BEN/dm');
    },
    'keyboard: a slash command is completed with Tab and opens a form': async () => {
      await page.locator('#composer').focus();
      await page.keyboard.type('/app');
      await page.locator('#commands button').first().waitFor();
      await press('Tab');
      await page.waitForFunction(() => document.querySelector('#composer').value === '/app-request ');
      await press('Enter');
      await page.locator('dialog h2', { hasText: 'Request an app' }).waitFor();
      await focused('dialog input');
    },
    'keyboard: the focus stays inside the form': async () => {
      for (let at = 0; at < 12; at += 1) {
        await press('Tab');
        expect(await page.evaluate(() => document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))), 'focus in the form');
      }
    },
    'keyboard: an empty required field is named and focused': async () => {
      await screen.field('App').focus();
      await press('Enter');
      await page.locator('.field_error', { hasText: 'required' }).first().waitFor();
      await focused('dialog input');
    },
    'keyboard: the form is filled and sent with Enter': async () => {
      await page.keyboard.type('Standup Parrot');
      await press('Tab');
      await page.keyboard.type('Know what everybody does');
      await press('Tab');
      await page.keyboard.type('https://gitlab.acme.example/it/vendor-reviews/-/issues/1451');
      await press('Enter');
      await screen.gone();
      await page.locator('.message', { hasText: 'Standup Parrot' }).last().waitFor();
    },
    'keyboard: the focus is visible': async () => {
      await page.locator('#you').focus();
      await press('Tab');
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      expect(outline !== 'none', 'an outline around what has the focus');
    },
  };
}
