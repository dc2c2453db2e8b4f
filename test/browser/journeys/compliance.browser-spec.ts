import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { newCompany } from '../support/company';
import { signInByHand } from '../support/sign-in';
import { expect, test } from '../support/test';

const VERIFIER = path.resolve(__dirname, '../../../libs/audit/src/verifier/verify.mjs');

test('compliance filters the audit log, exports it, and proves the export without the hub', async ({
  visitAs,
  stage,
  operatorApi,
}, testInfo) => {
  const company = await newCompany(stage, operatorApi, ['compliance']);
  const { id: mapping } = await company.api.post('/v1/mappings', { name: 'Orders', expression: '{ "id": id }' });
  await company.api.post(`/v1/mappings/${String(mapping)}/versions`, { expression: '{ "id": $string(id) }' });
  const visit = await visitAs(null);
  const { page, watch } = visit;
  await signInByHand(visit, company.emailOf('compliance'), company.password);

  await page.getByRole('navigation').getByRole('link', { name: 'Audit log' }).click();
  await page.getByLabel('Action').fill('mapping.*');
  const rows = page.getByRole('row').filter({ hasText: 'mapping.' });
  await expect(rows).toHaveCount(2);
  await expect(page.getByRole('row').filter({ hasText: 'session.' })).toHaveCount(0);
  await expect(page).toHaveURL(/action=mapping/);
  await rows.first().click();
  const record = page.getByRole('dialog');
  await expect(record.getByText('Hash of the one before')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(record).toBeHidden();

  await page.getByRole('link', { name: 'Export', exact: true }).click();
  // What was filtered is what is exported.
  await expect(page.getByRole('button', { name: 'Action: mapping.*' })).toBeVisible();
  await page.getByRole('button', { name: 'Start an export' }).click();
  const link = page.getByRole('link', { name: 'Download' });
  await expect(link).toBeVisible({ timeout: 30_000 });
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const file = testInfo.outputPath('export.tar.gz');
  await download.saveAs(file);
  const verified = spawnSync(process.execPath, [VERIFIER, file], { encoding: 'utf8' });
  expect(`${verified.stdout}${verified.stderr}`).not.toContain('Error');
  expect(verified.stdout).toContain('2 shown');
  expect(verified.status).toBe(0);
  await watch.settled();
});

test('an operator exports the audit log of a company that is suspended, and of one that was erased, for a reason', async ({
  visitAs,
  stage,
  operatorApi,
}, testInfo) => {
  test.setTimeout(90_000);
  const { id, name } = await newCompany(stage, operatorApi, []);
  const base = `/admin/v1/tenants/${id}`;
  const slug = name.replace('Company ', '');
  const become: Readonly<Record<string, () => Promise<unknown>>> = {
    suspended: () => operatorApi.demand('PATCH', base, { status: 'suspended' }),
    erased: () => operatorApi.post(`${base}/erasure`, { slug, reason: 'The contract has ended' }),
  };
  const { page, open, watch } = await visitAs('operator');
  const exports = page.getByRole('region', { name: 'Exports of the audit log' });
  const start = exports.getByRole('button', { name: 'Start an export' });
  let before = '';
  for (const [state, happen] of Object.entries(become)) {
    await happen();
    await open(`/operator/tenants/${id}`);
    await expect(start).toBeDisabled();
    // Nothing can be done to one that was erased, and it says so.
    await expect(page.getByRole('button', { name: 'Resume' })).toHaveCount(state === 'erased' ? 0 : 1);
    await expect(page.getByText('This company was erased')).toHaveCount(state === 'erased' ? 1 : 0);
    await exports.getByLabel('Reason').fill(`Insolvency of ${slug}: ${state}`);
    await start.click();
    // The newest is the first, and what was exported before an erasure goes with it.
    const link = exports.getByRole('link', { name: 'Download' }).first();
    await expect(link).not.toHaveAttribute('href', before, { timeout: 30_000 });
    before = (await link.getAttribute('href')) ?? '';
    await exports.getByRole('button', { name: 'Check' }).first().click();
    await expect(page.getByRole('region', { name: 'Check an export' }).getByText('This export holds')).toBeVisible();
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const file = testInfo.outputPath(`${state}.tar.gz`);
    await download.saveAs(file);
    const { keys } = await operatorApi.get<{ keys: string[] }>(`${base}/audit-checkpoint`);
    await expect(page.getByText(keys[0] ?? 'no key').first()).toBeVisible();
    const verified = spawnSync(process.execPath, [VERIFIER, file, '--key', ...keys.slice(0, 1)], { encoding: 'utf8' });
    expect(verified.stdout).toContain(`integration-hub/audit/${id}`);
    expect(verified.status).toBe(0);
    await watch.settled();
  }
  await open(`/operator?tab=audit&action=audit.export_requested&q=${slug}`);
  await expect(page.getByRole('row').filter({ hasText: 'audit.export_requested' })).toHaveCount(2);
});
