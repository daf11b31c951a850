import { getCompileCacheDir } from 'node:module'
import path from 'node:path'

const ofThisNode = getCompileCacheDir()

/**
 * What a child process of ours gets as its environment: nothing of what the server was configured with, which is no business
 * of it or its children; only where Node keeps what it has compiled (its folder has one for each version of Node).
 */
export const CHILD_ENVIRONMENT: NodeJS.ProcessEnv =
  ofThisNode === undefined ? {} : { NODE_COMPILE_CACHE: path.dirname(ofThisNode) }
