// An echo server on the npm package ws; prints its port. Usage: node ws_echo.mjs NODE_MODULES
import { createRequire } from 'node:module'
const { WebSocketServer } = createRequire(process.argv[2] + '/x.js')('ws')
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 1 << 28 }, () => console.log(server.address().port))
server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })))
process.stdin.on('end', () => process.exit(0)).resume()
