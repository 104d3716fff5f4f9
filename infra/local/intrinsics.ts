/** What CloudFormation's functions give for a resource that exists here. */
export interface LocalResource {
  /** For `Ref`. */
  readonly ref: string
  /** For `Fn::GetAtt`. */
  readonly attributes: Readonly<Record<string, string>>
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '000000000000',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
}

/**
 * A property of the template with its references resolved to what exists here.
 * @throws for a reference to nothing here, or a function that this does not know: nothing is guessed.
 */
export function resolve(value: unknown, known: ReadonlyMap<string, LocalResource>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, known))
  if (typeof value !== 'object' || value === null) return value
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value)
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return call(name, argument, known)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner, known)]))
}

function call(name: string, argument: unknown, known: ReadonlyMap<string, LocalResource>): unknown {
  if (name === 'Ref' && typeof argument === 'string') {
    const found = PSEUDO[argument] ?? known.get(argument)?.ref
    if (found !== undefined) return found
  }
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) {
    const found = known.get(String(argument[0]))?.attributes[String(argument[1])]
    if (found !== undefined) return found
  }
  if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1]))
    return argument[1].map((part: unknown) => String(resolve(part, known))).join(String(argument[0]))
  throw new Error(`The template has ${JSON.stringify({ [name]: argument })}, which nothing here can answer.`)
}
