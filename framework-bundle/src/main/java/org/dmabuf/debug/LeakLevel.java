package org.dmabuf.debug;

/** Of how many things that clients take it is noted where, so that a leak can be told of. */
public enum LeakLevel {
  /** Of none: costs nothing. Only how much a stopped client has left is told. */
  OFF,
  /** Of one in a number, chosen by a generator with a seed: a load in production can bear it. */
  SAMPLED,
  /** Of every one: some microseconds for each thing taken; for tests and for the hunt. */
  ALL
}
