// The Home tab, the shortcuts and the second language, as people use them.
import { expect } from './support.mjs';

export function home_story(screen) {
  const { page } = screen;
  const home = () => page.locator('.home');
  const speak = (locale) => page.locator('#language').selectOption(locale);
  return {
    'home: an employee sees their requests and what the app can do': async () => {
      await screen.open('#U0BEN/home');
      await home().getByText('Your requests', { exact: true }).waitFor();
      await home().getByText('What I can and cannot do now').waitFor();
      expect(!(await home().innerText()).includes('Waits for your vote'), 'no queue for somebody without a party');
    },
    'home: an app is requested from there, and stands there at once': async () => {
      await screen.button(home(), 'Request an app').click();
      await screen.field('App').fill('Polaris Forms');
      await screen.field('Purpose').fill('Boards for the data team');
      await screen.field('Data it will see').selectOption('Internal');
      await screen.button(screen.dialog(), 'Send request').click();
      await screen.gone();
      await home().getByText('Polaris Forms').first().waitFor();
    },
    'home: an app is looked up, and the answer takes the place of the form': async () => {
      await screen.button(home(), 'Find an app').click();
      await screen.field('App').fill('polaris fomrs');
      await screen.button(screen.dialog(), 'Find').click();
      await screen.dialog().getByText('Did you mean').waitFor();
      await page.keyboard.press('Escape');
      await screen.gone();
    },
    'home: a party votes from its queue, on the entry that was pressed': async () => {
      await screen.become('U0LINNEA');
      await screen.visit('home');
      await home().getByText('Waits for your vote').waitFor();
      const entry = home().locator('.block_section', { hasText: 'Polaris Forms' }).first();
      await entry.waitFor();
      await screen.button(entry.locator('xpath=following-sibling::*[1]'), 'Approve').click();
      await screen.visit('C0APPREVIEW');
      await screen.card('Polaris Forms').getByText(/Legal\s+approved by/).waitFor();
    },
    'shortcuts: a message about an app opens the form with its name': async () => {
      await screen.become('U0BEN');
      await screen.visit('C0GENERAL');
      await page.locator('#composer').fill('Harbour CRM');
      await page.keyboard.press('Enter');
      await screen.message('Harbour CRM').hover();
      await screen.button(screen.message('Harbour CRM'), 'Request this app').click();
      await screen.dialog().waitFor();
      expect((await screen.field('App').inputValue()) === 'Harbour CRM', 'the name in the form');
      await page.keyboard.press('Escape');
      await screen.gone();
    },
    'language: a person with a German Slack reads German, the next one English': async () => {
      await speak('de-DE');
      await home().getByText('Deine Anträge', { exact: true }).waitFor();
      await screen.button(home(), 'App beantragen').click();
      await screen.field('Zweck').waitFor();
      await page.keyboard.press('Escape');
      await screen.gone();
      await screen.become('U0ADA');
      await screen.visit('home');
      await home().getByText('Your requests', { exact: true }).waitFor();
      await screen.become('U0BEN');
      await screen.visit('home');
      await speak('en-US');
    },
    'home: it fits a phone and follows the dark': async () => {
      await page.setViewportSize({ width: 375, height: 740 });
      await screen.open('#U0LINNEA/home');
      await home().getByText('All open requests').waitFor();
      const out = await screen.sticking_out();
      expect(out.length === 0, `nothing sticks out: ${out}`);
      await page.setViewportSize({ width: 1280, height: 800 });
    },
  };
}
