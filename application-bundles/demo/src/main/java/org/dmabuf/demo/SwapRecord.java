package org.dmabuf.demo;

import java.lang.ref.WeakReference;

/**
 * What a swap was.
 *
 * @param role whose bundle
 * @param bundle its symbolic name
 * @param from the version that was stopped
 * @param to the version that was started
 * @param atFrame how many frames had been displayed when it began
 * @param pause how long the screen stood still
 * @param loader the class loader that the bundle's wiring had before it was stopped
 */
record SwapRecord(
    Role role,
    String bundle,
    String from,
    String to,
    long atFrame,
    Monitor.Pause pause,
    WeakReference<ClassLoader> loader) {}
