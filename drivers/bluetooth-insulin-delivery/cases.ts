/** One folder of cases holds both services: they share their check sums and their devices. */
export { default } from '@onebox/drivers/bluetooth-cgm/cases.js';
