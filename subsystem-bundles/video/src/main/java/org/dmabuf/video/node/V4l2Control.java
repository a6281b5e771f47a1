package org.dmabuf.video.node;

/**
 * A control as a device tells it. Plain data. Kernel counterpart: {@code struct v4l2_queryctrl}.
 *
 * @param id its number, see {@link ControlId}
 * @param name never null
 * @param kind V4L2's number, see {@link ControlInfo.Kind}
 * @param minimum the least value
 * @param maximum the greatest value
 * @param step between values
 * @param initial the value that it has until it is set
 */
public record V4l2Control(
    int id, String name, int kind, int minimum, int maximum, int step, int initial) {}
