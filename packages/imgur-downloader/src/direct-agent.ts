import type { Agent } from 'node:http';

/** As URLs write the hosts that are this machine. */
const LOOPBACK = /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/;

/** By protocol, each made when somebody asks for it: most threads need one at most. */
const agents = new Map<string, Agent>();

/**
 * The agent to ask a server on this machine with, or `undefined` for Node's own, where the server is on another.
 *
 * Node's own goes through a proxy where the environment says so (`NODE_USE_ENV_PROXY`), and for a proxy, which may run
 * elsewhere, this machine is another one. In all else they are alike.
 */
export function directAgent({ protocol, hostname }: URL): Agent | undefined {
  if (!LOOPBACK.test(hostname)) return undefined;
  let agent = agents.get(protocol);
  if (agent === undefined) {
    const { Agent } =
      protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');
    agent = new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5_000 });
    agents.set(protocol, agent);
  }
  return agent;
}
