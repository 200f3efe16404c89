// A Vendure shop on loopback: `node start.mjs PORT FOLDER`; says "ready" on its own line when it answers.
//
// Belongs here: the shop's world before its first order: a tax, two shipping methods, one way to pay, ten products with
// prices that do not divide evenly. Does not: promotions, orders, refunds (vendure_orders.py makes them by the APIs).

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { DefaultLogger, LanguageCode, LogLevel, bootstrap, dummyPaymentHandler } from '@vendure/core';
import { populate } from '@vendure/core/cli/index.js';

const [port, folder] = [Number(process.argv[2]), process.argv[3]];

const config = {
    apiOptions: { hostname: '127.0.0.1', port, adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
    authOptions: {
        tokenMethod: ['bearer', 'api-key'],
        superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
        requireVerification: false,
    },
    dbConnectionOptions: {
        type: 'better-sqlite3',
        database: path.join(folder, 'shop.sqlite'),
        synchronize: true,
        logging: false,
    },
    importExportOptions: { importAssetsDir: folder },
    logger: new DefaultLogger({ level: LogLevel.Warn }),
    paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
};

const world = {
    defaultLanguage: LanguageCode.en,
    defaultZone: 'Europe',
    countries: [{ name: 'Netherlands', code: 'NL', zone: 'Europe' }],
    taxRates: [
        { name: 'Standard Tax', percentage: 21 },
        { name: 'Reduced Tax', percentage: 9 },
    ],
    shippingMethods: [
        { name: 'Standard Shipping', price: 495 },
        { name: 'Express Shipping', price: 1000, taxRate: 21 },
    ],
    paymentMethods: [
        { name: 'Card', handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'true' }] } },
    ],
    collections: [],
};

const header =
    'name,slug,description,assets,facets,optionGroups,optionValues,sku,price,taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets';
const products = [
    ['Oat bar', '1.99', 'reduced'],
    ['Rye bread', '3.33', 'reduced'],
    ['Orange soda', '0.97', 'reduced'],
    ['Espresso beans', '12.49', 'reduced'],
    ['Chocolate cake', '17.77', 'reduced'],
    ['Hand soap', '4.15', 'standard'],
    ['Face cream', '23.01', 'standard'],
    ['Running socks', '7.89', 'standard'],
    ['Water bottle', '14.29', 'standard'],
    ['Head torch', '31.07', 'standard'],
].map(([name, price, tax], number) => {
    const slug = name.toLowerCase().replace(' ', '-');
    return `${name},${slug},,,kind:${tax},,,SKU-${number},${price},${tax},10000,false,,`;
});

const csv = path.join(folder, 'products.csv');
writeFileSync(csv, [header, ...products].join('\n') + '\n');
await populate(() => bootstrap(config), world, csv);
console.log('ready');

for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => process.exit(0));
}
