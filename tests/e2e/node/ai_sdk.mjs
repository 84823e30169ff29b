// The Vercel AI SDK against the service: node ai_sdk.mjs BASE_URL QUESTION. Prints what a user of it gets, as JSON.
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, streamText } from "ai";

const [baseURL, prompt] = process.argv.slice(2);
const model = createOpenAI({ baseURL, apiKey: "none" }).chat("qa-service");

async function told(result) {
  const [text, sources, finishReason] = await Promise.all([result.text, result.sources, result.finishReason]);
  return { text, finishReason, sources: sources.map(({ url, title }) => ({ url, title })) };
}

const plain = await told(await generateText({ model, prompt }));
const streamed = await told(streamText({ model, prompt }));
console.log(JSON.stringify({ plain, streamed }));
