/**
 * Frame sources: a moving test pattern, Y4M files and streams, pictures and Motion JPEG.
 *
 * <p>Colours are BT.601 throughout, the standard of JPEG and of Y4M's tools. Luma and chroma that
 * are made here are of limited range (16 to 235 and 16 to 240), GREY too, since it is the luma of
 * the others. A Y4M file is taken as limited unless it says {@code XCOLORRANGE=FULL}; its samples
 * are never scaled from one range to the other, only interpreted when RGB is wanted. The pixels of
 * a JPEG are of full range (JFIF), as its decoder gives them.
 */
@Capability(
    namespace = "dmabuf.source",
    attribute = {"dmabuf.source=pattern", "kinds:List<String>='pattern,y4m,picture,mjpeg'"},
    effective = "active")
package org.dmabuf.media;

import org.osgi.annotation.bundle.Capability;
