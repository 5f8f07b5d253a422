/** By this class the search box finds the buttons that ask a store, to go on there when nobody is found here. */
export const LOOK_IN_STORE = "look-in-store";
