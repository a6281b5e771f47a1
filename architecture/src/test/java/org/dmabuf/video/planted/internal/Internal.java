package org.dmabuf.video.planted.internal;

/** A class that is not for other bundles. */
public final class Internal {}
