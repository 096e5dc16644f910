'use strict';
// Starts telegram-test-api 4.2.1 so that python-telegram-bot 22 can talk to it, by polling and by webhook.
//
// The package was written for JavaScript bots, which look at little of what they get. python-telegram-bot builds
// typed objects, so where the package leaves out or misshapes what the Bot API promises, this file puts it right at
// the edge, and nowhere inside. PORT chooses the port; the line "listening URL" on stdout means ready.

const TelegramServer = require('telegram-test-api');
const axios = require(require.resolve('axios', { paths: [require.resolve('telegram-test-api')] }));

const SECRET_HEADER = 'X-Telegram-Bot-Api-Secret-Token';
const ME = { id: 666, is_bot: true, first_name: 'Emulated', username: 'TestNameBot' };
// Methods that a bot calls when it starts, and that the package answers with HTTP 500.
const ALSO_KNOWN = {
  setmycommands: true,
  deletemycommands: true,
  sendchataction: true,
  getwebhookinfo: { url: '', has_custom_certificate: false, pending_update_count: 0 },
};

// A pressed button always says in which chat instance, and its message always has an id and a date.
const plainUpdate = TelegramServer.formatUpdate;
TelegramServer.formatUpdate = (stored) => {
  const update = plainUpdate(stored);
  const pressed = update.callback_query;
  if (pressed) {
    pressed.chat_instance = pressed.chat_instance || '1';
    pressed.message = { message_id: stored.messageId, date: Math.floor(stored.time / 1000), ...pressed.message };
  }
  return update;
};

class Emulator extends TelegramServer {
  lines = new Map();

  // The Bot API counts in seconds, the package in milliseconds.
  addBotMessage(message, token) {
    const sent = super.addBotMessage(message, token);
    return { ...sent, date: Math.floor(sent.date / 1000) };
  }

  // The package raises its counters only after a webhook has answered: two messages sent at once had the same id.
  getCommonFields(token) {
    const fields = super.getCommonFields(token);
    this.updateId += 1;
    this.messageId += 1;
    return fields;
  }

  // Updates of one chat are handed over in order.
  addUserUpdate(update) {
    const chat = (update.message || update.callbackQuery.message).chat.id;
    const turn = (this.lines.get(chat) || Promise.resolve()).then(() => this.handOver(update));
    this.lines.set(chat, turn);
    return turn;
  }

  // Telegram survives a bot that answers 503, and comes again; the package lets the rejection end the process.
  async handOver(update) {
    for (let wait = 100; this.started; wait = Math.min(2000, wait * 2)) {
      try {
        await super.addUserUpdate(update);
        this.emit('update');
        return;
      } catch (failure) {
        console.error(`delivery failed: ${(failure.response && failure.response.status) || failure.code}`);
        await new Promise((done) => { setTimeout(done, wait); });
      }
    }
  }

  // The package forgets an update once it was asked for; Telegram keeps it until a higher offset confirms it, and lets
  // the question wait when there is nothing to tell.
  async ask(token, { offset = 0, timeout = 0 }) {
    const unconfirmed = () => this.storage.userMessages.filter((update) => update.botToken === token);
    unconfirmed().filter((update) => update.updateId < Number(offset)).forEach((update) => {
      this.removeUserMessage(update.updateId);
    });
    if (!unconfirmed().length && Number(timeout)) {
      await new Promise((done) => {
        const patience = setTimeout(done, Number(timeout) * 1000);
        this.once('update', () => { clearTimeout(patience); done(); });
        this.once('stop', () => { clearTimeout(patience); done(); });
      });
    }
    return unconfirmed().map((update) => TelegramServer.formatUpdate(update));
  }
}

// The package knows no photos: an upload is read here, and refused where the Bot API refuses it (sendPhoto).
async function photographed(request, token) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const form = await new Response(Buffer.concat(chunks), { headers: { 'content-type': request.headers['content-type'] } }).formData();
  const { photo, caption = '', ...rest } = Object.fromEntries(form);
  if (!photo || typeof photo === 'string') return { error: 'there is no photo in the request' };
  if (photo.size > 10 * 1024 * 1024) return { error: 'file is too big' };
  if ([...caption].length > 1024) return { error: 'message caption is too long' };
  const sizes = [{ file_id: 'emulated', file_unique_id: 'emulated', width: 90, height: 90, file_size: photo.size }];
  return { result: emulator.addBotMessage({ ...rest, caption, photo: sizes }, token) };
}

const emulator = new Emulator({ host: '127.0.0.1', port: Number(process.env.PORT) || 9000, storeTimeout: 3600 });

// Express runs its layers in order, and the package has put its catch-all in already: ours must come after its readers
// of bodies, the last of which is the logger, and before its routes.
function beforeRoutes(handler) {
  const { stack } = emulator.webServer._router;
  emulator.webServer.use(handler);
  stack.splice(stack.findIndex((layer) => layer.name === 'requestLogger') + 1, 0, stack.pop());
}

beforeRoutes((request, response, next) => {
  const [, token, method] = /^\/bot([^/]+)\/(\w+)$/.exec(request.path) || [];
  if (!token) return next();
  const known = method.toLowerCase();
  if (known === 'getme') return response.json({ ok: true, result: ME });
  if (known === 'getupdates') {
    return emulator.ask(token, { ...request.query, ...request.body }).then((result) => response.json({ ok: true, result }));
  }
  if (known === 'sendphoto') {
    return photographed(request, token).then(({ result, error }) => (error
      ? response.status(400).json({ ok: false, error_code: 400, description: `Bad Request: ${error}` })
      : response.json({ ok: true, result })), next);
  }
  if (known in ALSO_KNOWN) return response.json({ ok: true, result: ALSO_KNOWN[known] });
  // Where the Bot API says true, the package says null.
  const send = response.json.bind(response);
  response.json = (body) => send(body && body.ok === true && body.result === null ? { ...body, result: true } : body);
  return next();
});

// The package keeps the secret of a webhook and never sends it.
axios.interceptors.request.use((request) => {
  const webhook = Object.values(emulator.webhooks).find((known) => known.url === request.url);
  if (webhook && webhook.secret_token) request.headers[SECRET_HEADER] = webhook.secret_token;
  return request;
});

emulator.setMaxListeners(0);
process.on('SIGTERM', () => {
  emulator.emit('stop');
  emulator.stop().finally(() => process.exit(0));
});
emulator.start().then(
  () => console.log(`listening ${emulator.config.apiURL}`),
  (failure) => { console.error(failure.message); process.exit(1); },
);
