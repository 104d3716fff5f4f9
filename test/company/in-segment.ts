import xray from 'aws-xray-sdk-core'

/** Runs as inside of a segment that Lambda has opened. Nothing is sent: the segment is never closed. */
export function inSegment<Result>(run: (segment: xray.Segment) => Promise<Result>): Promise<Result> {
  const segment = new xray.Segment('company')
  return xray.getNamespace().runPromise(() => {
    xray.setSegment(segment)
    return run(segment)
  })
}
