import type { Proof } from '../../history/create-proof.ts'
import type { Route } from '../route.ts'
import { evidenceRoutes } from './evidence.ts'
import { holdRoutes } from './holds.ts'
import { incidentRoutes, type IncidentRouteDependencies } from './incidents.ts'

export interface ProofRouteDependencies extends Omit<IncidentRouteDependencies, 'incidents'> {
  readonly proof: Proof
}

/** Bundles, holds and incident files. */
export function proofRoutes({ proof: { evidence, holds, incidents }, ...rest }: ProofRouteDependencies): Route[] {
  return [...evidenceRoutes({ evidence, ...rest }), ...holdRoutes(holds), ...incidentRoutes({ incidents, ...rest })]
}
