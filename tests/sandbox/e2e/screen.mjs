// The page as a person knows it: who, where, cards, forms. Every function waits for what it names.
export class Screen {
  constructor(page, address) {
    this.page = page;
    this.address = address;
  }

  open = (hash = '') => this.page.goto(`${this.address}${hash}`);
  running = () => this.page.locator('.lamp.on').waitFor({ state: 'attached' });

  async become(person) {
    await this.page.locator('#you').click();
    await this.page.locator(`#people [data-person="${person}"]`).click();
    await this.page.waitForFunction((id) => location.hash.startsWith(`#${id}/`), person);
  }

  async visit(place) {
    await this.page.locator(`nav [data-place="${place}"]`).click();
    await this.page.locator(`nav [data-place="${place}"][aria-current]`).waitFor();
  }

  message = (text) => this.page.locator('.message', { hasText: text }).last();
  card = (app) => this.page.locator('.message', { has: this.page.locator('.block_header', { hasText: app }) }).last();
  button = (within, name) => within.getByRole('button', { name, exact: true });
  dialog = () => this.page.locator('dialog[open]').last();
  field = (label) => this.dialog().getByLabel(label);
  gone = () => this.page.locator('dialog[open]').waitFor({ state: 'detached' });

  async tool(name) {
    const button = this.page.locator(`#tool_${name}`);
    if ((await button.getAttribute('aria-expanded')) === 'false') await button.click();
    await this.page.locator(`.drawer_body.${name}`).waitFor();
  }

  // What sticks out to the right of the window or of the column that should hold it.
  sticking_out = () => this.page.evaluate(() => {
    const out = [];
    for (const box of [document.documentElement, ...document.querySelectorAll('main, .log, .home, .directory, .drawer_body, dialog[open], .dialog_body')]) {
      if (box.scrollWidth > box.clientWidth + 1) out.push(`${box.tagName}.${box.className} ${box.scrollWidth} > ${box.clientWidth}`);
    }
    return out;
  });
}
