/**
 * Pixels in memory: colour conversion, scaling, mirroring, turning and blending between any two of
 * the formats, row by row and without garbage. What a converter and a scan-out have in common.
 *
 * <pre>
 *   Surface (format, size, colour space, planes in memory)
 *      |  Sampling (crop, orientation, filter)
 *      v
 *   PixelConverter --&gt; Surface              one picture to one picture
 *   Layer, Layer, ... --&gt; Compositor --&gt; RowSink or Surface
 * </pre>
 *
 * <p>Kernel counterparts: vkms's composer and the colour properties of {@code drm_plane}; the
 * colour spaces of {@code videodev2.h}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.pixel;
