// The program that ssh runs to ask something. It passes the question to the Tensorline that started ssh and prints the
// answer. A bundle of its own: it must start at once.
import { connect } from "node:net";

const { TENSORLINE_ASKPASS: address, TENSORLINE_TOKEN: token, SSH_ASKPASS_PROMPT: hint } = process.env;
const words = process.argv.slice(2).join(" ");

let received = "";
// Not exit(): on Windows and macOS a pipe may still be taking the answer.
process.exitCode = 1;
const socket = connect({ path: address ?? "" });
socket.setEncoding("utf8");
socket.on("connect", () => socket.write(`${JSON.stringify({ token, words, hint })}\n`));
socket.on("data", (text: string) => {
  received += text;
});
socket.on("error", () => {});
socket.on("end", () => {
  if (!received.endsWith("\n")) return;
  const { answer } = JSON.parse(received) as { answer: string };
  process.exitCode = 0;
  process.stdout.write(`${answer}\n`);
});
