export interface BareCall {
  text: string;
  /** Of the fake vendors; without it, the activities return at once. */
  vendors?: { openaiUrl: string; huggingFaceUrl: string };
}

export async function summarize({ text, vendors }: BareCall): Promise<string> {
  if (!vendors) return text.slice(0, 50);
  const messages = [{ role: 'user', content: text }];
  const answer = await post(`${vendors.openaiUrl}/chat/completions`, { model: 'any', messages });
  return (answer as { choices: [{ message: { content: string } }] }).choices[0].message.content;
}

/** As little as a local activity can do. */
export function plan(): Promise<void> {
  return Promise.resolve();
}

export async function sentiment({ text, vendors }: BareCall): Promise<unknown> {
  if (!vendors) return { label: 'POSITIVE', score: 0.99 };
  return post(`${vendors.huggingFaceUrl}/hf-inference/models/sst-2`, { inputs: text });
}

async function post(url: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer any' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.json();
}
