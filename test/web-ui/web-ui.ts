// `npm run test:web-ui`: in a real browser, which is installed where it is missing; so these are none of Jest's tests.
import './decrypting.js';
import './failover.js';
