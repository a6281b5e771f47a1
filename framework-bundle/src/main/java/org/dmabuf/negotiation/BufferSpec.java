package org.dmabuf.negotiation;

import java.util.Optional;
import org.dmabuf.DmaConstraints;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;

/**
 * What an exporter is asked to make, within what it offers. Plain data.
 *
 * @param placement the name of one of its placements, never null
 * @param bytes how many at least; for another modifier than linear only as many as a linear frame
 *     has, since nobody else knows; 1 or more
 * @param format the pixel format; empty for bytes
 * @param modifier how the pixels are arranged; {@link org.dmabuf.format.Modifier#LINEAR} for bytes
 * @param width in pixels; 0 for bytes
 * @param height in pixels; 0 for bytes
 * @param pitchAlign what every pitch is a multiple of, in bytes: a power of two
 * @param layout where the planes lie; empty unless it is a linear frame
 * @param memory what all devices together need of the memory, for exporters that can do more than
 *     they promise; never null
 */
public record BufferSpec(
    String placement,
    long bytes,
    Optional<PixelFormat> format,
    long modifier,
    int width,
    int height,
    int pitchAlign,
    Optional<FrameLayout> layout,
    DmaConstraints memory) {}
