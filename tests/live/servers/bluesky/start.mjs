// A Bluesky network on loopback: `DB_POSTGRES_URL=… DB_POSTGRES_SCHEMA=… REDIS_HOST=… node start.mjs`; says one line of
// JSON, {"appview": URL, "pds": URL}, when both answer.
//
// Belongs here: starting it, and only on 127.0.0.1 (by itself it listens on every interface of the machine). Does not:
// accounts and posts (bluesky_people.py makes them by the API).

import dns from 'node:dns';
import net from 'node:net';

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (first, ...rest) {
    if (typeof first === 'object' && first !== null) {
        return listen.call(this, { ...first, host: '127.0.0.1' }, ...rest);
    }
    const told = rest.filter((each) => typeof each === 'function');
    return listen.call(this, { port: Number(first ?? 0), host: '127.0.0.1' }, ...told);
};
dns.setDefaultResultOrder('ipv4first'); // its servers call each other "localhost"

const { TestNetwork } = await import('@atproto/dev-env');
const network = await TestNetwork.create({});
console.log(JSON.stringify({ appview: network.bsky.url, pds: network.pds.url }));

for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => process.exit(0));
}
