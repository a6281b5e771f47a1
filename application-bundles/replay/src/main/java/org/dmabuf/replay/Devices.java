package org.dmabuf.replay;

/** The product's devices that scenarios open. */
interface Devices {}
