/** A program: the least that a Node server keeps for requests that wait. It answers all of them when it gets a message. */
import { createServer, type ServerResponse } from 'node:http';

const { port } = JSON.parse(process.argv[2]!) as { port: number };
const held: ServerResponse[] = [];

const server = createServer((_request, response) => void held.push(response));
server.listen({ port, host: '127.0.0.1', backlog: 4096 });

process.on('message', () => {
  for (const response of held.splice(0)) response.end('#EXTM3U\n');
  process.send!({ answered: true });
});
process.on('disconnect', () => process.exit());
